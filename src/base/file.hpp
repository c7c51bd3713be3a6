#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "base/fd.hpp"

namespace joust {

using Path = std::filesystem::path;
class Directory;

/// Reads a whole file (also below /proc and /sys, whose size is unknown beforehand).
Result<std::string> read_file(const Path& path);

/// Writes all of `content`, also where the descriptor does not block: waits until there is room. `name` is
/// for the error.
Status write_whole(int fd, std::string_view content, std::string_view name);

/// Reads a regular file that the user named, through symbolic links; another thing, or more than `most`
/// bytes, is bad_input.
Result<std::string> read_regular_file(const Path& path, std::size_t most);

/// Writes to a new file of a random name beside `path`, syncs it, then renames it: readers see the old or the
/// new content.
Status write_atomically(const Path& path, std::string_view content);

/// Writes a file that the user named: as write_atomically() does, but through a symbolic link, and in place
/// where there is a FIFO, a device or another thing that must not be replaced.
Status write_named(const Path& path, std::string_view content);
/// bad_input where write_named() could not write, as far as that can be told beforehand; touches nothing.
Status check_writable(const Path& path);

/// Whether both name the same file, by whatever path, link or hard link; also where it does not exist yet. A
/// character device, like /dev/null, takes what several write.
bool same_file(const Path& a, const Path& b);

/// Writes a control file of the kernel (cgroup, sysctl) in one write call.
Status write_control(const Path& path, std::string_view content);

/// A file that only grows; each append is on the disk when append() returns. Refuses to start after a torn
/// line: an unfinished last line, left by a crash, is cut off when it is opened.
class AppendFile {
public:
    static Result<AppendFile> open(const Path& path);
    /// Opens a file in an open directory. There too a symbolic link of that name is an error.
    static Result<AppendFile> open(const Directory& directory, const std::string& name);
    /// Appends `line` and a newline, then fdatasync. On failure (disk full) what was partly written is cut
    /// off again.
    Status append_line(std::string_view line);

private:
    AppendFile(Fd fd, Path path) : fd_(std::move(fd)), path_(std::move(path)) {}
    Fd fd_;
    Path path_;
};

/// Makes directories as mkdir -p does; an error names the path.
Status make_directories(const Path& path);

}  // namespace joust
