#pragma once

#include <optional>

#include "base/clock.hpp"
#include "base/proc.hpp"

namespace joust::load {

/// Notices when the calling thread stood still: it wanted to run, but was neither on a CPU nor waiting for
/// one. So does a process that is stopped by a signal, or whose virtual machine is. Call from that thread.
class StallWatch {
public:
    struct Sums {
        Nanoseconds total{0};
        Nanoseconds longest{0};
        friend bool operator==(const Sums&, const Sums&) = default;
    };

    /// `schedstat` is the calling thread's, elsewhere only for tests.
    explicit StallWatch(const Path& schedstat = SchedulerFile::k_of_this_thread);
    /// The loop's next turn begins at `now` and was to begin at `wanted`. Reads the accounts at most every
    /// k_refresh, so that a busy loop hardly pays for it.
    void turn(TimePoint wanted, TimePoint now);
    /// Only standstills after `start` are counted; while this has not been called, none are.
    void count_from(TimePoint start) { counted_from_ = start; }
    /// The standstills that were noticed; empty where the kernel does not keep the accounts.
    [[nodiscard]] std::optional<Sums> sums() const;

    /// Waiting longer than this, a loop that is watched has to look up: what begins while it sleeps counts
    /// only from when it wanted to wake.
    static constexpr Nanoseconds k_longest_sleep = std::chrono::milliseconds(20);
    /// Shorter standstills are not told from the accounts' own granularity.
    static constexpr Nanoseconds k_least = std::chrono::milliseconds(10);

private:
    static constexpr Nanoseconds k_refresh = std::chrono::milliseconds(5);
    SchedulerFile file_;
    std::optional<SchedulerAccount> before_;
    TimePoint read_at_{};
    TimePoint counted_from_ = TimePoint::max();
    Sums sums_;
};

}  // namespace joust::load
