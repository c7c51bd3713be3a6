#include "load/transport/arrival_clock.hpp"

namespace joust::load {

void ArrivalClock::set_offset(Nanoseconds realtime_minus_monotonic, TimePoint now) {
    const Nanoseconds change = realtime_minus_monotonic - offset_;
    const Nanoseconds size = change < Nanoseconds{0} ? -change : change;
    // A slewed clock drifts by 500 ppm of the time since the last reading.
    const Nanoseconds slew = (now - refreshed_) / 2000 + k_tolerance;
    const bool first = refreshed_ == TimePoint{};
    if (!first && size > slew) {
        ++steps_;
        distrusted_until_ = now;
    }
    offset_ = realtime_minus_monotonic;
    refreshed_ = now;
}

/// The realtime reading lies between two monotonic ones; the tightest of a few tries is taken, since the
/// thread may lose its CPU between them.
void ArrivalClock::read_offset(TimePoint now) {
    constexpr Nanoseconds k_good_enough = std::chrono::microseconds(1);
    constexpr int k_tries = 5;
    Nanoseconds best_gap = Nanoseconds::max();
    Nanoseconds best{0};
    for (int i = 0; i < k_tries && best_gap > k_good_enough; ++i) {
        const TimePoint before = joust::now();
        const WallTime wall = wall_now();
        const TimePoint after = joust::now();
        if (after - before >= best_gap) continue;
        best_gap = after - before;
        best = wall.time_since_epoch() - (before + best_gap / 2).time_since_epoch();
    }
    set_offset(best, now);
}

}  // namespace joust::load
