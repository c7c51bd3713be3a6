#pragma once

#include <algorithm>
#include <cstddef>

#include "base/clock.hpp"

namespace joust::load {

/// How long a wait may go on after the first event, so that one wake-up brings several.
struct Patience {
    std::size_t enough = 1;  ///< so many events end the wait
    Nanoseconds most{0};     ///< from the begin of the wait; afterwards a single event ends it
    friend bool operator==(const Patience&, const Patience&) = default;
};

/// Decides how patient a load thread may be. A late reading changes no latency where the kernel stamps
/// arrivals, but it delays the next request of that user; so patience is a small part of the response time,
/// none at all where arrivals are not stamped, and only where answers come so fast that waiting saves
/// something.
class Pace {
public:
    /// An answer came; `stamped`: its arrival is the kernel's time stamp.
    void answered(Nanoseconds response_time, bool stamped) {
        if (!stamped) {
            mean_ = Nanoseconds{0};
            return;
        }
        mean_ = mean_ == Nanoseconds{0} ? response_time : mean_ + (response_time - mean_) / k_memory;
    }

    /// The patience of the next wait. `delays_users` says that the next request waits for the answer, as in
    /// the closed model. In the open model due times end the wait, whatever the patience.
    [[nodiscard]] Patience patience(std::size_t in_flight, bool delays_users) const {
        if (mean_ <= Nanoseconds{0}) return {};
        const Nanoseconds most = delays_users ? std::min(k_most, mean_ / k_part) : k_most;
        // Little's law: answers come at in_flight / mean.
        if (static_cast<Nanoseconds::rep>(in_flight) * most.count() < k_worthwhile * mean_.count()) return {};
        return {.enough = std::max<std::size_t>(2, in_flight / 2), .most = most};
    }

private:
    static constexpr Nanoseconds k_most = std::chrono::microseconds(100);
    static constexpr Nanoseconds::rep k_part = 16;       ///< of the mean response time
    static constexpr Nanoseconds::rep k_memory = 64;     ///< answers
    static constexpr Nanoseconds::rep k_worthwhile = 2;  ///< answers expected in a wait
    Nanoseconds mean_{0};                                ///< moving mean of the response times; 0: not known
};

}  // namespace joust::load
