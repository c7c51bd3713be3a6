#include "host/journal.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <charconv>

#include "base/text.hpp"
#include "host/cgroup.hpp"

namespace joust::host {
namespace {

Result<std::string> line_of(std::string_view kind, const Path& path) {
    if (!path.is_absolute() || path.native().find('\n') != std::string::npos)
        return fail(ErrorKind::io, "the journal takes absolute paths without line breaks only, not \"{}\"",
                    path.string());
    return fmt::format("{} {}", kind, path.string());
}

std::optional<ProcessIdentity> parse_session(std::string_view text) {
    ProcessIdentity leader;
    const char* const end = text.data() + text.size();
    const auto pid = std::from_chars(text.data(), end, leader.pid);
    if (pid.ec != std::errc() || pid.ptr == end || *pid.ptr != ' ') return std::nullopt;
    const auto start = std::from_chars(pid.ptr + 1, end, leader.start_ticks);
    if (start.ec != std::errc() || start.ptr != end) return std::nullopt;
    return leader;
}

Status remove_path(const Path& path) {
    std::error_code error;
    std::filesystem::remove_all(path, error);
    if (error) return fail(ErrorKind::io, "cannot remove {}: {}", path.string(), error.message());
    return {};
}

}  // namespace

RunFiles::RunFiles(const Path& state_root, const std::string& id)
    : directory(state_root / "runs" / id),
      journal(state_root / "runs" / (id + ".journal")),
      lock(state_root / "runs" / (id + ".lock")) {}

Result<std::string> group_line(const Path& directory) {
    return line_of("cgroup", directory);
}

std::string session_line(const ProcessIdentity& leader) {
    return fmt::format("session {} {}", leader.pid, leader.start_ticks);
}

Result<std::string> path_line(const Path& path) {
    return line_of("path", path);
}

Journal parse_journal(std::string_view text) {
    Journal journal;
    const std::size_t whole = text.rfind('\n');
    if (whole == std::string_view::npos) return journal;
    for (const std::string_view line : split(text.substr(0, whole), '\n')) {
        const std::size_t space = line.find(' ');
        if (space == std::string_view::npos) continue;
        const std::string_view kind = line.substr(0, space);
        const std::string_view rest = line.substr(space + 1);
        if (kind == "cgroup" && rest.starts_with('/')) journal.groups.emplace_back(rest);
        if (kind == "path" && rest.starts_with('/')) journal.paths.emplace_back(rest);
        if (kind == "session")
            if (const auto leader = parse_session(rest)) journal.sessions.push_back(*leader);
    }
    return journal;
}

std::vector<std::string> undo(const RunFiles& files) {
    const Journal journal = parse_journal(read_file(files.journal).value_or(""));
    std::vector<std::string> failures;
    const auto note = [&](const Status& status) {
        if (!status) failures.push_back(status.error().message);
    };
    // Groups first: they hold all descendants, also those that made sessions of their own.
    for (const Path& group : journal.groups)
        note(kill_and_remove_group(group));
    for (const ProcessIdentity& leader : journal.sessions)
        note(kill_session(leader));
    for (const Path& path : journal.paths)
        note(remove_path(path));
    note(remove_path(files.directory));
    if (failures.empty()) note(remove_path(files.journal));
    return failures;
}

std::optional<Fd> lock_run(const Path& lock_file, bool wait) {
    Fd file(::open(lock_file.c_str(), O_RDWR | O_CLOEXEC));
    if (!file) return std::nullopt;
    int locked = 0;
    while ((locked = ::flock(file.get(), wait ? LOCK_EX : LOCK_EX | LOCK_NB)) != 0 && errno == EINTR) {
    }
    if (locked != 0) return std::nullopt;
    // The one who held it before may have cleaned up and removed the file: this lock is worth nothing then.
    struct stat held{};
    struct stat named{};
    if (::fstat(file.get(), &held) != 0 || ::stat(lock_file.c_str(), &named) != 0 ||
        held.st_ino != named.st_ino || held.st_dev != named.st_dev)
        return std::nullopt;
    return file;
}

}  // namespace joust::host
