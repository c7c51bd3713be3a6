#pragma once

#include <set>
#include <vector>

#include "host/user.hpp"

namespace joust::host {

/// The numbers out of which runs started by root take users for their contenders, one each: without accounts,
/// so that none has to be made or removed.
inline constexpr uid_t k_first_run_user = 59'000;
inline constexpr uid_t k_last_run_user = 59'899;

/// Whether it is one of these numbers, whoever has it.
bool is_run_user(uid_t uid);

/// A user who is nobody's, for this process, which is root's: no account or group has the number, no process
/// runs as it, and it is not in `taken`. Its group has the same number. Fails (unsupported) if all are taken.
Result<User> find_run_user(const std::set<uid_t>& taken);

/// SIGKILLs all processes of such a user that this PID namespace has, whatever sessions, groups and cgroups
/// they made, until none is left; gives up after five seconds. Does nothing for numbers of other users.
Status kill_run_user(uid_t uid);

/// Removes what such a user left outside of the run's directory: shared memory, semaphores and message queues
/// (System V and POSIX), and files in directories where everybody may write: /tmp, /var/tmp, /dev/shm.
Status remove_traces_of_run_user(uid_t uid);

}  // namespace joust::host
