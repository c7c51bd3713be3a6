#include "load/pacing/closed_pacing.hpp"

#include <algorithm>
#include <cmath>

namespace joust::load {
namespace {

constexpr Nanoseconds k_stagger_per_user = std::chrono::milliseconds(1);
constexpr Nanoseconds k_longest_stagger = std::chrono::seconds(1);

/// After an error a user waits, so that a server that refuses connections is not asked in a tight loop: 1 ms,
/// doubled with each further error in a row, at most 100 ms.
Nanoseconds back_off_after(std::uint8_t failures) {
    constexpr Nanoseconds k_longest = std::chrono::milliseconds(100);
    return std::min(k_longest, Nanoseconds(std::chrono::milliseconds(1)) * (1 << std::min<int>(failures, 7)));
}

}  // namespace

ClosedPacing::ClosedPacing(const ClosedLoop& loop, const Share& share, Allowance& allowance, Random& random,
                           LiveCounters& live)
    : loop_(loop),
      share_(share),
      allowance_(allowance),
      random_(random),
      live_(live),
      thinks_(loop.think_time > Nanoseconds{0}),
      users_(share.connections) {}

void ClosedPacing::prepare(std::uint64_t /*lap*/) {
    waiting_.clear();
}

void ClosedPacing::start(TimePoint start) {
    // A count may be used up before the last user would begin.
    const Nanoseconds usual = allowance_.by_count()
                                  ? Nanoseconds{0}
                                  : std::min(k_longest_stagger, loop_.users * k_stagger_per_user);
    const Nanoseconds stagger = loop_.stagger.value_or(usual);
    waiting_.reserve(share_.connections);
    for (std::size_t i = 0; i < share_.connections; ++i) {
        const auto user = static_cast<std::int64_t>(i) * share_.threads + share_.thread;
        waiting_.push(start + stagger * user / loop_.users, static_cast<ExchangeId>(i));
    }
}

bool ClosedPacing::begin_next(TimePoint now, Launcher& launcher) {
    if (waiting_.next() > now) return false;
    const Users::Ready ready = waiting_.pop();
    if (allowance_.allows(now)) begin(ready.user, ready.at, launcher);
    return true;
}

TimePoint ClosedPacing::next(TimePoint now) const {
    return allowance_.allows(now) ? waiting_.next() : TimePoint::max();
}

Nanoseconds ClosedPacing::think_time() {
    const Nanoseconds mean = loop_.think_time;
    if (mean == Nanoseconds{0} || !loop_.exponential_think) return mean;
    return std::chrono::round<Nanoseconds>(-std::log(uniform_open(random_)) * mean);
}

Nanoseconds ClosedPacing::note(User& user, Freed::How how) {
    if (how == Freed::How::succeeded && !user.completed) {
        user.completed = true;
        live_.users_completed.add(1);
    }
    if (how == Freed::How::timed_out) return back_off_after(0);
    if (how != Freed::How::failed) {
        user.failures = 0;
        return Nanoseconds{0};
    }
    const Nanoseconds pause = back_off_after(user.failures);
    user.failures = static_cast<std::uint8_t>(std::min(user.failures + 1, 8));
    return pause;
}

void ClosedPacing::wait(ExchangeId id, TimePoint until) {
    waiting_.push(until, id);
}

void ClosedPacing::freed(ExchangeId id, Freed how, TimePoint now, Launcher& launcher) {
    User& user = users_[id];
    const bool as_usual = how.how == Freed::How::succeeded && user.completed && user.failures == 0;
    const Nanoseconds back_off = as_usual ? Nanoseconds{0} : note(user, how.how);
    if (!allowance_.allows(now)) return;
    const Nanoseconds pause = thinks_ ? think_time() + back_off : back_off;
    // Those who were ready before come first: the last requests of a count are theirs.
    const bool is_next = waiting_.next() > now;
    if (pause == Nanoseconds{0} && how.connected && is_next) return begin(id, now, launcher);
    wait(id, now + pause);
}

std::optional<std::uint64_t> ClosedPacing::connections_asked() const {
    if (!allowance_.by_count()) return share_.connections;
    return static_cast<std::uint64_t>(
        std::count_if(users_.begin(), users_.end(), [](const User& user) { return user.had_turn; }));
}

}  // namespace joust::load
