#pragma once

#include <cstddef>

#include "base/file.hpp"

namespace joust {

/// Removes a file or a directory with all that is in it, whoever wrote it: at any depth, with four open
/// descriptors at most, without following a symbolic link, without leaving the file system (what is mounted
/// in it stays, and is an error), and without being led elsewhere by directories that are renamed meanwhile.
/// What is not there is fine; an error (io) names the first entry that could not be removed, after all others
/// have been. The directories above `path` are trusted.
Status remove_tree(const Path& path);

/// Files in the directory and below, directories not counted; walks as remove_tree() does. What cannot be
/// read is left out.
std::size_t count_files(const Path& path);

}  // namespace joust
