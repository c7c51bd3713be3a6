#pragma once

#include <string>
#include <vector>

#include "base/file.hpp"
#include "host/proc.hpp"

namespace joust::host {

/// The files of one run below a state root.
struct RunFiles {
    Path directory;
    Path journal;
    Path lock;

    RunFiles(const Path& state_root, const std::string& id);
};

/// What a run has to undo, as its journal lists it.
struct Journal {
    std::vector<Path> groups;
    std::vector<ProcessIdentity> sessions;
    std::vector<Path> paths;
};

/// One line each; a path with a line break in it is refused.
Result<std::string> group_line(const Path& directory);
std::string session_line(const ProcessIdentity& leader);
Result<std::string> path_line(const Path& path);
/// Lines of unknown kind (of a newer Joust) and a torn last line are left out.
Journal parse_journal(std::string_view text);

/// Kills and removes all that the journal names, then the run's directory, and last, if nothing failed, the
/// journal itself. What was already gone is fine. Returns a sentence for each failure.
std::vector<std::string> undo(const RunFiles& files);

/// Takes the run's lock: at once or not at all, or waiting for it. Empty if another process holds it, or if
/// it is gone by now (then the run has been cleaned up).
std::optional<Fd> lock_run(const Path& lock_file, bool wait);

}  // namespace joust::host
