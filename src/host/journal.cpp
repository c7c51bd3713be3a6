#include "host/journal.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <charconv>

#include "base/text.hpp"
#include "base/tree.hpp"
#include "host/cgroup.hpp"
#include "host/descendants.hpp"
#include "host/docker.hpp"
#include "host/run_users.hpp"

namespace joust::host {
namespace {

Result<std::string> line_of(std::string_view kind, const Path& path) {
    if (!path.is_absolute() || path.native().find('\n') != std::string::npos)
        return fail(ErrorKind::io, "the journal takes absolute paths without line breaks only, not \"{}\"",
                    path.string());
    return fmt::format("{} {}", kind, path.string());
}

template <typename Number>
bool read_number(std::string_view text, Number& value) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size() && !text.empty();
}

std::optional<Origin> parse_origin(std::string_view text) {
    const std::vector<std::string_view> words = split(text, ' ');
    Origin origin;
    if (words.size() != 4 || words[0].empty() || !read_number(words[1], origin.space.pid_namespace) ||
        !read_number(words[2], origin.process.pid) || !read_number(words[3], origin.process.start_ticks))
        return std::nullopt;
    origin.space.boot = words[0];
    return origin;
}

std::optional<ProcessIdentity> parse_session(std::string_view text) {
    const std::vector<std::string_view> words = split(text, ' ');
    ProcessIdentity leader;
    if (words.size() != 2 || !read_number(words[0], leader.pid) || !read_number(words[1], leader.start_ticks))
        return std::nullopt;
    return leader;
}

}  // namespace

RunFiles::RunFiles(const Path& state_root, const std::string& run)
    : id(run),
      directory(state_root / "runs" / run),
      journal(state_root / "runs" / (run + ".journal")),
      lock(state_root / "runs" / (run + ".lock")) {}

Result<std::string> group_line(const Path& directory) {
    return line_of("cgroup", directory);
}

std::string origin_line(const Origin& origin) {
    return fmt::format("origin {} {} {} {}", origin.space.boot, origin.space.pid_namespace,
                       origin.process.pid, origin.process.start_ticks);
}

std::string user_line(uid_t uid) {
    return fmt::format("user {}", uid);
}

std::string session_line(const ProcessIdentity& leader) {
    return fmt::format("session {} {}", leader.pid, leader.start_ticks);
}

Result<std::string> path_line(const Path& path) {
    return line_of("path", path);
}

Result<std::string> engine_line(const std::string& address) {
    if (address.find('\n') != std::string::npos)
        return fail(ErrorKind::io, "the address of the Docker engine has a line break: {}", address);
    return fmt::format("docker {}", address);
}

Result<std::string> use_line(const Path& path) {
    return line_of("uses", path);
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
        if (kind == "docker" && !rest.empty()) journal.engines.emplace_back(rest);
        if (kind == "uses" && rest.starts_with('/')) journal.uses.emplace_back(rest);
        if (kind == "origin") journal.origin = parse_origin(rest);
        if (uid_t uid = 0; kind == "user" && read_number(rest, uid)) journal.users.push_back(uid);
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
    // Containers first: their processes have the run's users, and what they wrote is in the run's directory.
    // They outlive a restart of the host, as files do.
    for (const std::string& address : journal.engines)
        if (const Status removed = Docker(address).remove_run(files.id); !removed)
            failures.push_back(
                fmt::format("containers of the run {} may be left in the Docker engine at {}: {}; start that "
                            "engine, or remove {} "
                            "if it is gone for good",
                            files.id, address, removed.error().message, files.journal.string()));
    const ProcessSpace here = process_space();
    const bool since_the_restart =
        journal.origin && !here.boot.empty() && journal.origin->space.boot == here.boot;
    if (since_the_restart) {
        // Groups first: they hold all descendants, also those that made sessions of their own.
        for (const Path& group : journal.groups)
            note(kill_and_remove_group(group));
        for (const uid_t uid : journal.users)
            note(kill_run_user(uid));
        if (journal.origin->space == here)
            for (const ProcessIdentity& leader : journal.sessions)
                note(kill_session(leader));
        // As long as it lives itself it has taken them in, and may have started others that go on.
        if (identify(::getpid()) != journal.origin->process)
            note(kill_marked(start_mark(journal.origin->process, journal.origin->space)));
    }
    for (const uid_t uid : journal.users)
        note(remove_traces_of_run_user(uid));
    for (const Path& path : journal.paths)
        note(remove_tree(path));
    note(remove_tree(files.directory));
    if (failures.empty()) note(remove_tree(files.journal));
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
