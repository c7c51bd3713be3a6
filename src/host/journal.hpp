#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/file.hpp"
#include "host/proc.hpp"

namespace joust::host {

/// The files of one run below a state root.
struct RunFiles {
    std::string id;
    Path directory;
    Path journal;
    Path lock;

    RunFiles(const Path& state_root, const std::string& run);
};

/// Who wrote a journal, and where the process numbers in it mean something.
struct Origin {
    ProcessSpace space;
    ProcessIdentity process;

    friend bool operator==(const Origin&, const Origin&) = default;
};

/// What a run has to undo, as its journal lists it.
struct Journal {
    std::optional<Origin> origin;
    std::vector<Path> groups;
    std::vector<ProcessIdentity> sessions;
    std::vector<uid_t> users;
    std::vector<Path> paths;
    std::vector<std::string> engines;  ///< addresses of Docker engines that were asked for containers
    std::vector<Path>
        uses;  ///< nothing to undo: what is kept between runs and has to stay as long as it lives
};

/// One line each; a path with a line break in it is refused. The origin's is the first.
std::string origin_line(const Origin& origin);
Result<std::string> group_line(const Path& directory);
std::string session_line(const ProcessIdentity& leader);
std::string user_line(uid_t uid);
Result<std::string> path_line(const Path& path);
Result<std::string> engine_line(const std::string& address);
Result<std::string> use_line(const Path& path);
/// Lines of unknown kind (of a newer Joust) and a torn last line are left out.
Journal parse_journal(std::string_view text);

/// Kills and removes all that the journal names, then the run's directory, and last, if nothing failed, the
/// journal itself. What was already gone is fine. Returns a sentence for each failure.
///
/// A journal from before a restart of the host, or that does not say where it is from, names no process of
/// today: then only files are removed, and no process gets a signal. Of another PID namespace, only those are
/// killed who can be told without their numbers.
std::vector<std::string> undo(const RunFiles& files);

/// Takes the run's lock: at once or not at all, or waiting for it. Empty if another process holds it, or if
/// it is gone by now (then the run has been cleaned up).
std::optional<Fd> lock_run(const Path& lock_file, bool wait);

}  // namespace joust::host
