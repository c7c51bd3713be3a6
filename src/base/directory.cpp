#include "base/directory.hpp"

#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <optional>

#include "base/file.hpp"

namespace joust {
namespace {

constexpr int k_folder_flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;

bool is_single(const std::string& name) {
    return !name.empty() && name != "." && name != ".." && name.find('/') == std::string::npos &&
           name.find('\0') == std::string::npos;
}

Error not_a_name(const Path& path) {
    return {ErrorKind::bad_input, fmt::format("{} is not a name inside a directory", path.string())};
}

// What open() of a link gives with O_NOFOLLOW; "Too many levels of symbolic links" would say nothing.
std::string why_not_opened() {
    return errno == ELOOP || errno == ENOTDIR
               ? "it is a symbolic link or another thing than is wanted here, and links are not followed"
               : errno_text();
}

// A name that nobody can have guessed and put there before.
std::string temporary_name(const std::string& name) {
    std::uint64_t number = 0;
    if (::getrandom(&number, sizeof number, 0) != static_cast<ssize_t>(sizeof number))
        number = static_cast<std::uint64_t>(::getpid());  // an exclusive creation makes it safe all the same
    return fmt::format(".{}.{:016x}.tmp", name.substr(0, 200), number);
}

Status give_to_owner(const Fd& file, int directory, const Path& path) {
    struct stat owner{};
    if (::geteuid() != 0) return {};
    if (::fstat(directory, &owner) == 0 &&
        (owner.st_uid == 0 || ::fchown(file.get(), owner.st_uid, owner.st_gid) == 0))
        return {};
    return fail(ErrorKind::io, "cannot give {} to the owner of its directory: {}", path.string(),
                errno_text());
}

}  // namespace

Status write_all(int file, std::string_view content, const Path& path) {
    return write_whole(file, content, path.string());
}

Error too_long(const Path& path, std::size_t most) {
    return {ErrorKind::bad_input,
            fmt::format("{} is longer than {} bytes, the most that is read of it", path.string(), most)};
}

Result<std::string> read_rest(const Fd& file, const Path& path, std::size_t most) {
    std::string content;
    char buffer[16384];
    for (;;) {
        const ssize_t got = ::read(file.get(), buffer, sizeof buffer);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return fail(ErrorKind::io, "cannot read {}: {}", path.string(), errno_text());
        if (got == 0) return content;
        content.append(buffer, static_cast<std::size_t>(got));
        if (content.size() > most) return tl::unexpected(too_long(path, most));
    }
}

Status write_beside(int directory, const std::string& name, std::string_view content, const Path& path,
                    bool owner_of_directory) {
    const std::string temporary = temporary_name(name);
    Fd file(
        ::openat(directory, temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644));
    if (!file) return fail(ErrorKind::io, "cannot create {}: {}", path.string(), errno_text());
    Status written = write_all(file.get(), content, path);
    if (written && ::fsync(file.get()) != 0)
        written = fail(ErrorKind::io, "cannot sync {}: {}", path.string(), errno_text());
    if (written && owner_of_directory) written = give_to_owner(file, directory, path);
    file.close();
    if (written && ::renameat(directory, temporary.c_str(), directory, name.c_str()) != 0)
        written = fail(ErrorKind::io, "cannot put {} in its place: {}", path.string(), errno_text());
    if (!written) {
        ::unlinkat(directory, temporary.c_str(), 0);
        return written;
    }
    // Without this a rename may be lost in a power cut even though the file itself was synced.
    ::fsync(directory);
    return {};
}

Result<Directory> Directory::open(const Path& path) {
    Fd fd(::open(path.empty() ? "." : path.c_str(), k_folder_flags));
    if (!fd) return fail(ErrorKind::io, "cannot open {}: {}", path.string(), errno_text());
    return Directory(std::move(fd), path);
}

Result<Directory> Directory::folder(const std::string& name) const {
    Path path = path_ / name;
    if (!is_single(name)) return tl::unexpected(not_a_name(path));
    Fd fd(::openat(fd_.get(), name.c_str(), k_folder_flags | O_NOFOLLOW));
    if (!fd) return fail(ErrorKind::io, "cannot open {}: {}", path.string(), why_not_opened());
    return Directory(std::move(fd), std::move(path));
}

Result<bool> Directory::make_new_folder(const std::string& name) const {
    const Path path = path_ / name;
    if (!is_single(name)) return tl::unexpected(not_a_name(path));
    if (::mkdirat(fd_.get(), name.c_str(), 0755) == 0) return true;
    if (errno == EEXIST) return false;
    return fail(ErrorKind::io, "cannot make directory {}: {}", path.string(), errno_text());
}

Result<Directory> Directory::make_folder(const std::string& name) const {
    JOUST_TRY(const bool made, make_new_folder(name));
    JOUST_TRY(Directory folder, this->folder(name));
    if (made) JOUST_CHECK(give_to_owner(folder.fd_, fd_.get(), folder.path_));
    return folder;
}

bool Directory::has(const std::string& name) const {
    struct stat info{};
    return is_single(name) && ::fstatat(fd_.get(), name.c_str(), &info, AT_SYMLINK_NOFOLLOW) == 0;
}

Result<std::string> Directory::read(const std::string& name, std::size_t most) const {
    const Path path = path_ / name;
    if (!is_single(name)) return tl::unexpected(not_a_name(path));
    // Not to wait for the writer of a FIFO: what it is shows only when it is open.
    const Fd file(
        ::openat(fd_.get(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    if (!file)
        return fail(errno == ENOENT ? ErrorKind::io : ErrorKind::bad_input, "cannot open {}: {}",
                    path.string(), why_not_opened());
    struct stat info{};
    if (::fstat(file.get(), &info) != 0 || !S_ISREG(info.st_mode))
        return fail(ErrorKind::bad_input, "{} is not a regular file", path.string());
    if (std::cmp_greater(info.st_size, most)) return tl::unexpected(too_long(path, most));
    return read_rest(file, path, most);
}

Status Directory::write(const std::string& name, std::string_view content) const {
    const Path path = path_ / name;
    if (!is_single(name)) return tl::unexpected(not_a_name(path));
    return write_beside(fd_.get(), name, content, path, true);
}

Status Directory::point(const std::string& name, const std::string& target) const {
    const Path path = path_ / name;
    if (!is_single(name)) return tl::unexpected(not_a_name(path));
    const std::string temporary = temporary_name(name);
    if (::symlinkat(target.c_str(), fd_.get(), temporary.c_str()) != 0)
        return fail(ErrorKind::io, "cannot make {} point at {}: {}", path.string(), target, errno_text());
    // The link itself, by descriptor: who owns the directory could have put another thing in its place.
    const Fd link(::openat(fd_.get(), temporary.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
    struct stat owner{};
    struct stat made{};
    if (link && ::geteuid() == 0 && ::fstat(fd_.get(), &owner) == 0 && owner.st_uid != 0 &&
        ::fstat(link.get(), &made) == 0 && S_ISLNK(made.st_mode) && made.st_uid == 0 && made.st_nlink == 1)
        [[maybe_unused]]
        const int given = ::fchownat(link.get(), "", owner.st_uid, owner.st_gid, AT_EMPTY_PATH);
    if (::renameat(fd_.get(), temporary.c_str(), fd_.get(), name.c_str()) == 0) return {};
    const Status failed =
        fail(ErrorKind::io, "cannot make {} point at {}: {}", path.string(), target, errno_text());
    ::unlinkat(fd_.get(), temporary.c_str(), 0);
    return failed;
}

}  // namespace joust
