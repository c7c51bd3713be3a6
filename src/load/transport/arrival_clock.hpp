#pragma once

#include <ctime>

#include <cstdint>

#include "base/clock.hpp"

namespace joust::load {

/// When bytes reached this host, and when they were read.
struct Arrival {
    TimePoint read;
    TimePoint arrived;  ///< by the kernel's stamp; `read` where there is none
    bool stamped = false;
    bool followed = false;  ///< more bytes, or the end of the stream, are there already
};

/// Turns the kernel's receive time stamps, which are of the realtime clock, into monotonic time. The offset
/// between the clocks is read again every 10 ms, so slewing (500 ppm) costs at most 5 µs; stamps from around
/// a step are refused.
class ArrivalClock {
public:
    /// Call before a batch of stamps is converted.
    void refresh(TimePoint now) {
        if (now - refreshed_ >= k_refresh_interval) read_offset(now);
    }
    /// When bytes with this stamp arrived. A stamp that is all zero means none.
    [[nodiscard]] Arrival arrival(const timespec& stamp, TimePoint read) const {
        if (stamp.tv_sec == 0 && stamp.tv_nsec == 0) return {.read = read, .arrived = read};
        const Nanoseconds real = std::chrono::seconds(stamp.tv_sec) + Nanoseconds(stamp.tv_nsec);
        const TimePoint arrived(real - offset_);
        if (arrived > read) return {.read = read, .arrived = read, .stamped = arrived - read < k_tolerance};
        if (arrived < distrusted_until_) return {.read = read, .arrived = read};
        return {.read = read, .arrived = arrived, .stamped = true};
    }
    /// How often the realtime clock was seen to jump.
    [[nodiscard]] std::uint64_t steps() const { return steps_; }

    /// Sets the offset between the clocks, as refresh() does, but from given readings; for tests.
    void set_offset(Nanoseconds realtime_minus_monotonic, TimePoint now);

private:
    void read_offset(TimePoint now);

    static constexpr Nanoseconds k_refresh_interval = std::chrono::milliseconds(10);
    static constexpr Nanoseconds k_tolerance = std::chrono::microseconds(50);
    Nanoseconds offset_{0};
    TimePoint refreshed_{};
    TimePoint distrusted_until_{};
    std::uint64_t steps_ = 0;
};

}  // namespace joust::load
