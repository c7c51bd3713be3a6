#include "host/owned_files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "base/fd.hpp"

namespace joust::host {
namespace {

Status give_open(const User& user, const Fd& file, const Path& path) {
    if (::geteuid() != 0 || ::fchown(file.get(), user.uid, user.gid) == 0) return {};
    return fail(ErrorKind::io, "cannot give {} to user {}: {}", path.string(), user.name, errno_text());
}

}  // namespace

Status make_directory_for_users(const Path& directory) {
    JOUST_CHECK(make_directories(directory));
    const Fd opened(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (opened && ::fchmod(opened.get(), 0711) == 0) return {};
    return fail(ErrorKind::io, "cannot set the mode of {}: {}", directory.string(), errno_text());
}

Status make_directory_of(const User& user, const Path& directory) {
    if (::mkdir(directory.c_str(), 0700) != 0)
        return fail(ErrorKind::io, "cannot make directory {}: {}", directory.string(), errno_text());
    const Fd opened(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!opened || ::fchmod(opened.get(), 0700) != 0)
        return fail(ErrorKind::io, "cannot set the mode of {}: {}", directory.string(), errno_text());
    return give_open(user, opened, directory);
}

Status write_file_of(const User& user, const Path& path, std::string_view content) {
    const Fd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!file) return fail(ErrorKind::io, "cannot make {}: {}", path.string(), errno_text());
    while (!content.empty()) {
        const ssize_t written = ::write(file.get(), content.data(), content.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return fail(ErrorKind::io, "cannot write {}: {}", path.string(), errno_text());
        content.remove_prefix(static_cast<std::size_t>(written));
    }
    return give_open(user, file, path);
}

}  // namespace joust::host
