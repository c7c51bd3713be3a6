#include "base/file.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <limits>

#include "base/directory.hpp"

namespace joust {
namespace {

// What a symbolic link leads to, whether or not that exists.
Path followed(Path path) {
    constexpr int k_most_links = 40;  // as the kernel
    std::error_code error;
    for (int links = 0; links < k_most_links && std::filesystem::is_symlink(path, error); ++links) {
        const Path target = std::filesystem::read_symlink(path, error);
        if (error) break;
        path = path.parent_path() / target;
    }
    return path;
}

// /dev/stdout may be a regular file, which nobody would find again once it is replaced.
bool must_stay(const Path& path) {
    const std::string text = path.string();
    if (text.starts_with("/dev/") || text.starts_with("/proc/")) return true;
    std::error_code error;
    return std::filesystem::exists(path, error) && !std::filesystem::is_regular_file(path, error);
}

}  // namespace

Status write_whole(int fd, std::string_view content, std::string_view name) {
    while (!content.empty()) {
        const ssize_t written = ::write(fd, content.data(), content.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
            pollfd room{.fd = fd, .events = POLLOUT, .revents = 0};
            ::poll(&room, 1, -1);  // the next write says what is wrong if something is
            continue;
        }
        if (written < 0) return fail(ErrorKind::io, "cannot write {}: {}", name, errno_text());
        content.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
}

Result<std::string> read_file(const Path& path) {
    const Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd) return fail(ErrorKind::io, "cannot open {}: {}", path.string(), errno_text());
    std::string content;
    char buffer[16384];
    for (;;) {
        const ssize_t got = ::read(fd.get(), buffer, sizeof buffer);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return fail(ErrorKind::io, "cannot read {}: {}", path.string(), errno_text());
        if (got == 0) return content;
        content.append(buffer, static_cast<std::size_t>(got));
    }
}

Result<std::string> read_regular_file(const Path& path, std::size_t most) {
    const Fd fd(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    if (!fd) return fail(ErrorKind::io, "cannot open {}: {}", path.string(), errno_text());
    struct stat info{};
    if (::fstat(fd.get(), &info) != 0 || !S_ISREG(info.st_mode))
        return fail(ErrorKind::bad_input, "{} is not a regular file", path.string());
    if (std::cmp_greater(info.st_size, most)) return tl::unexpected(too_long(path, most));
    return read_rest(fd, path, most);
}

Status write_atomically(const Path& path, std::string_view content) {
    const Path parent = path.parent_path();
    const Fd directory(::open(parent.empty() ? "." : parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!directory) return fail(ErrorKind::io, "cannot create {}: {}", path.string(), errno_text());
    return write_beside(directory.get(), path.filename().string(), content, path, false);
}

Status write_named(const Path& path, std::string_view content) {
    if (!must_stay(path)) return write_atomically(followed(path), content);
    const Fd fd(::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC));
    if (!fd) return fail(ErrorKind::io, "cannot open {}: {}", path.string(), errno_text());
    return write_all(fd.get(), content, path);
}

Status check_writable(const Path& path) {
    std::error_code error;
    if (std::filesystem::is_directory(path, error))
        return fail(ErrorKind::bad_input, "cannot write {}: it is a directory", path.string());
    // A regular file is replaced by a new one beside it.
    const Path directory = followed(path).parent_path();
    const Path changed = must_stay(path) ? path : directory.empty() ? Path(".") : directory;
    if (::access(changed.c_str(), W_OK) != 0)
        return fail(ErrorKind::bad_input, "cannot write {}: {}", path.string(), errno_text());
    return {};
}

bool same_file(const Path& a, const Path& b) {
    std::error_code error;
    for (const Path* path : {&a, &b})
        if (std::filesystem::is_character_file(*path, error)) return false;
    if (std::filesystem::equivalent(a, b, error) && !error) return true;
    const auto place = [&](const Path& path) {
        return std::filesystem::weakly_canonical(std::filesystem::absolute(followed(path), error), error);
    };
    return place(a) == place(b);
}

Status write_control(const Path& path, std::string_view content) {
    const Fd fd(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
    if (!fd) return fail(ErrorKind::io, "cannot open {}: {}", path.string(), errno_text());
    if (::write(fd.get(), content.data(), content.size()) != static_cast<ssize_t>(content.size()))
        return fail(ErrorKind::io, "cannot write \"{}\" to {}: {}", content, path.string(), errno_text());
    return {};
}

Result<AppendFile> AppendFile::open(const Path& path) {
    JOUST_TRY(const Directory directory, Directory::open(path.parent_path()));
    return open(directory, path.filename().string());
}

Result<AppendFile> AppendFile::open(const Directory& directory, const std::string& name) {
    Path path = directory.path() / name;
    Fd fd(
        ::openat(directory.fd(), name.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0644));
    struct stat info{};
    if (!fd || ::fstat(fd.get(), &info) != 0)
        return fail(ErrorKind::io, "cannot open {}: {}", path.string(), errno_text());
    if (!S_ISREG(info.st_mode)) return fail(ErrorKind::bad_input, "{} is not a regular file", path.string());
    JOUST_TRY(const std::string content, read_rest(fd, path, std::numeric_limits<std::size_t>::max()));
    const std::size_t last = content.rfind('\n');
    const off_t whole = last == std::string::npos ? 0 : static_cast<off_t>(last + 1);
    if (::ftruncate(fd.get(), whole) != 0 || ::lseek(fd.get(), whole, SEEK_SET) != whole)
        return fail(ErrorKind::io, "cannot position {}: {}", path.string(), errno_text());
    ::fsync(directory.fd());
    return AppendFile(std::move(fd), std::move(path));
}

Status AppendFile::append_line(std::string_view line) {
    const off_t before = ::lseek(fd_.get(), 0, SEEK_CUR);
    Status written = write_all(fd_.get(), fmt::format("{}\n", line), path_);
    if (written && ::fdatasync(fd_.get()) != 0)
        written = fail(ErrorKind::io, "cannot sync {}: {}", path_.string(), errno_text());
    if (!written && (::ftruncate(fd_.get(), before) != 0 || ::lseek(fd_.get(), before, SEEK_SET) != before))
        return fail(ErrorKind::io, "{}; and its torn last line could not be cut off",
                    written.error().message);
    return written;
}

Status make_directories(const Path& path) {
    std::error_code error;
    std::filesystem::create_directories(path, error);
    if (error) return fail(ErrorKind::io, "cannot make directory {}: {}", path.string(), error.message());
    return {};
}

}  // namespace joust
