#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "base/file.hpp"

namespace joust::host {

/// Whom root's runs have the database server run as.
inline constexpr const char* k_system_user = "joust";

/// A user whom a child process can become.
struct User {
    std::string name;
    uid_t uid = 0;
    gid_t gid = 0;
    std::vector<gid_t> groups;  ///< all of them, the primary one included

    friend bool operator==(const User&, const User&) = default;
};

/// Makes this process, which is root's, that user's for good. Async-signal-safe; false (errno) if it cannot.
bool become(const User& user);

/// The user this process runs as.
User current_user();
/// Fails with `unsupported` when the system has no such user.
Result<User> find_user(const std::string& name);

/// Whom everything under test runs as: for root the system user `joust`, made with useradd if there is none;
/// for anybody else that user himself.
Result<User> unprivileged_user();

/// Gives a file or a whole directory tree to `user`: of it what belongs to root, symbolic links themselves
/// and not their targets, no file with several names and nothing on another device. Does nothing when not
/// root.
Status give_to(const User& user, const Path& path);

/// As root: a directory that root made inside one of a user becomes that user's with all that root made in
/// it, as if they had made it themselves (`sudo joust run` in a user's clone). Does nothing inside root's own
/// directories, with a directory of somebody else's, nor when not root.
Status give_to_owner_of_parent(const Path& directory);

}  // namespace joust::host
