#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/fd.hpp"
#include "host/as_user.hpp"
#include "host/proc.hpp"
#include "host/user.hpp"

namespace joust::host {

/// A process, forked beforehand, that has work done by children of its own as other users: see run_as(). It
/// is there for libraries that must not be used on both sides of a fork, as SQLite: in the deputy and its
/// children is only what had been in memory when it was started. A resource: killed at the end of its life,
/// and when the thread that started it ends.
class Deputy {
public:
    /// Work returns its result; what is long, it tells in parts before.
    using Work = std::function<Result<std::string>(std::string_view request, const Tell& tell)>;
    /// The longest request and result, in bytes; what is longer is an error.
    static constexpr std::size_t k_longest = 64 * 1024;

    static Result<Deputy> start(const Work& work);
    Deputy(Deputy&& other) noexcept;
    Deputy& operator=(Deputy&&) = delete;
    ~Deputy();

    [[nodiscard]] const ProcessIdentity& identity() const { return identity_; }
    /// The result of `work(request)`, done as `user` within `limit`. Each part that the work tells is handed
    /// to `each` as it comes, also where the work fails in the end.
    [[nodiscard]] Result<std::string> ask(
        const User& user, Nanoseconds limit, std::string_view request,
        const Tell& each = [](std::string_view) {}) const;

private:
    Deputy(ProcessIdentity identity, Fd socket) : identity_(identity), socket_(std::move(socket)) {}
    ProcessIdentity identity_;
    Fd socket_;  ///< empty when moved from
};

}  // namespace joust::host
