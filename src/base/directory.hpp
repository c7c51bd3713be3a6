#pragma once

#include <sys/types.h>

#include <cstddef>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "base/fd.hpp"
#include "base/file.hpp"

namespace joust {

/// A directory that is held open: whoever renames it or puts another in its place changes nothing for the
/// holder. Names given to it are single names, never paths. No symbolic link inside it is followed, so that
/// a stranger's directory can lead to no file outside of it.
class Directory {
public:
    /// The directory at `path`, symbolic links on the way followed: the user named it.
    static Result<Directory> open(const Path& path);

    /// The folder `name` in it; a symbolic link or anything else of that name is an error.
    [[nodiscard]] Result<Directory> folder(const std::string& name) const;
    /// A folder in this one by its name, made (mode 0755) where there is nothing of that name.
    [[nodiscard]] Result<Directory> make_folder(const std::string& name) const;
    /// Makes the folder `name`; false: there is something of that name.
    [[nodiscard]] Result<bool> make_new_folder(const std::string& name) const;

    /// Whether there is anything of that name, a dangling symbolic link included.
    [[nodiscard]] bool has(const std::string& name) const;
    /// The whole of a regular file of at most `most` bytes; a link, a FIFO or a device is an error.
    [[nodiscard]] Result<std::string> read(const std::string& name, std::size_t most) const;
    /// Writes to a new file of a random name, syncs it and renames it to `name`, over a link of that name if
    /// need be. Written by root, it belongs to the directory's owner.
    [[nodiscard]] Status write(const std::string& name, std::string_view content) const;
    /// Makes `name` a symbolic link to `target`, replacing a file or link of that name in one step.
    [[nodiscard]] Status point(const std::string& name, const std::string& target) const;

    /// The path that it had when it was opened; for messages.
    [[nodiscard]] const Path& path() const { return path_; }
    [[nodiscard]] int fd() const { return fd_.get(); }

private:
    Directory(Fd fd, Path path) : fd_(std::move(fd)), path_(std::move(path)) {}
    Fd fd_;
    Path path_;
};

/// The error of a file that is too long: "run/trials.jsonl is longer than 512 bytes …".
Error too_long(const Path& path, std::size_t most);
/// Reads the rest of an open file; more than `most` bytes are an error. `path` is for messages.
Result<std::string> read_rest(const Fd& file, const Path& path, std::size_t most);

/// Writes all of `content` to a descriptor; `path` is for messages.
Status write_all(int file, std::string_view content, const Path& path);

/// Writes a new file of a random name beside `name` in the open directory `directory`, syncs it and renames
/// it. `owner_of_directory`: as root, the file is given to the directory's owner. `path` is for messages.
Status write_beside(int directory, const std::string& name, std::string_view content, const Path& path,
                    bool owner_of_directory);

}  // namespace joust
