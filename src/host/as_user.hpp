#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "host/user.hpp"

namespace joust::host {

/// Does `work` in a forked child process and returns its result. As root the child has become `user` for
/// good, with no new privileges: what the work touches in that user's directories it may do no more than the
/// user himself. It has no descriptor of this process but 0 to 2, which are /dev/null. It is killed after
/// `limit` (timed_out) and when this thread ends; a result of more than 64 MiB is an error.
///
/// Forked, not executed: no other thread may hold a lock that the work needs, those of malloc apart.
Result<std::string> run_as(const User& user, Nanoseconds limit,
                           const std::function<Result<std::string>()>& work);

/// Takes a part of what work has to tell, ahead of its result; of at most k_longest_part bytes.
using Tell = std::function<void(std::string_view part)>;
inline constexpr std::size_t k_longest_part = std::size_t{32} * 1024;

/// The same for work that tells more than should be in memory at once: each part is handed to `each` as it
/// comes.
Result<std::string> run_as(const User& user, Nanoseconds limit,
                           const std::function<Result<std::string>(const Tell&)>& work, const Tell& each);

// What run_as() and Deputy share.

/// A result as text, for a pipe.
std::string encoded(const Result<std::string>& result);
/// Back again; "" is an error that names `user`.
Result<std::string> decoded(std::string_view text, const User& user);

/// The number of the descriptor at which keep_only() leaves what it keeps.
inline constexpr int k_kept = 3;
/// Closes every descriptor but `file`, which becomes k_kept, and makes 0 to 2 /dev/null. For a forked child.
bool keep_only(int file);

}  // namespace joust::host
