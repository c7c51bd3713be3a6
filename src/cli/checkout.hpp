#pragma once

#include <string>

#include "base/file.hpp"

// What git says of the tree that Joust stands in. The tree may be a stranger's: git honours programs that its
// configuration names (file system monitor, hooks, filters, transports), so none of them is allowed, and as
// root git runs as the owner of the repository.
namespace joust::cli {

/// The checked out commit in hexadecimal; "" where there is no git, no checkout, or somebody else's whom only
/// root could become.
std::string git_commit(const Path& tree);

/// Whether tracked files differ from the commit or untracked ones are there; false where that cannot be told.
bool git_dirty(const Path& tree);

}  // namespace joust::cli
