#pragma once

#include <string_view>

#include "host/user.hpp"

namespace joust::host {

// Files and directories for users who must not be able to lead root astray: everything is made new, in
// directories that are this process's own, and given away by descriptor.

/// Makes a directory, with those above it, that anybody can pass through and nobody but this process can
/// write or list (0711); one that is there already keeps its content.
Status make_directory_for_users(const Path& directory);

/// Makes a directory of `user`'s (0700) in one of this process's own; that there is one already is an error.
Status make_directory_of(const User& user, const Path& directory);

/// Writes a file of `user`'s, whom alone it can be read by (0600), in a directory of this process's own; that
/// there is one already is an error.
Status write_file_of(const User& user, const Path& file, std::string_view content);

}  // namespace joust::host
