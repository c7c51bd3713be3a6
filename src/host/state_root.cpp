#include "host/state_root.hpp"

#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>

namespace joust::host {
namespace {

constexpr const char* k_mark = "joust-state";
constexpr std::string_view k_mark_text =
    "What joust keeps on this machine between runs. `joust clean` removes it.\n";

Error not_ours(const Path& state_root, std::string_view why) {
    return {ErrorKind::bad_input,
            fmt::format("{} {}, so nothing was removed; look at it, and remove what is Joust's by hand",
                        state_root.string(), why)};
}

}  // namespace

Path default_state_root() {
    if (::geteuid() == 0) return "/var/lib/joust";
    if (const char* state = std::getenv("XDG_STATE_HOME"); state && *state == '/')
        return Path(state) / "joust";
    if (const char* home = std::getenv("HOME"); home && *home == '/')
        return Path(home) / ".local/state/joust";
    const passwd* const entry = ::getpwuid(::geteuid());
    return Path(entry ? entry->pw_dir : "/tmp") / ".local/state/joust";
}

Status check_nobody_else_writes(const Path& directory) {
    struct stat about{};
    if (::stat(directory.c_str(), &about) != 0)
        return fail(ErrorKind::io, "cannot look at {}: {}", directory.string(), errno_text());
    if (about.st_uid == ::geteuid() || about.st_uid == 0) return {};
    return fail(
        ErrorKind::unsupported,
        "{} belongs to user {}, who could change what is kept there; give it to user {}, or remove it",
        directory.string(), about.st_uid, ::geteuid());
}

Path state_root_mark(const Path& state_root) {
    return state_root / k_mark;
}

Status mark_state_root(const Path& state_root) {
    struct stat about{};
    if (::lstat(state_root_mark(state_root).c_str(), &about) == 0) return {};
    return write_atomically(state_root_mark(state_root), k_mark_text);
}

Status check_state_root(const Path& state_root) {
    struct stat about{};
    if (::lstat(state_root.c_str(), &about) != 0) {
        if (errno == ENOENT) return {};
        return fail(ErrorKind::io, "cannot look at {}: {}", state_root.string(), errno_text());
    }
    if (S_ISLNK(about.st_mode)) return tl::unexpected(not_ours(state_root, "is a symbolic link"));
    if (!S_ISDIR(about.st_mode)) return tl::unexpected(not_ours(state_root, "is no directory"));
    if (about.st_uid != ::geteuid())
        return tl::unexpected(not_ours(state_root, fmt::format("belongs to user {}", about.st_uid)));
    if ((about.st_mode & (S_IWGRP | S_IWOTH)) != 0)
        return tl::unexpected(not_ours(state_root, "can be written by others"));
    struct stat mark{};
    if (::lstat(state_root_mark(state_root).c_str(), &mark) != 0 || !S_ISREG(mark.st_mode))
        return tl::unexpected(not_ours(
            state_root, fmt::format("has no file {}, by which every run marks what is Joust's", k_mark)));
    for (const char* const folder : {"runs", "venvs"})
        if (::lstat((state_root / folder).c_str(), &about) == 0 && !S_ISDIR(about.st_mode))
            return tl::unexpected(not_ours(state_root, fmt::format("has a {} that is no directory", folder)));
    return {};
}

}  // namespace joust::host
