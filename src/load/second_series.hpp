#pragma once

#include <array>
#include <cstdint>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "load/live_histogram.hpp"
#include "model/samples.hpp"

namespace joust::load {

/// Successes, failures and response times by second, of one thread. The current and the last second stay
/// open, since a response may be read after the second in which it arrived; older ones are packed to a few
/// hundred bytes.
class SecondSeries {
public:
    struct Second {
        std::int64_t second = 0;
        std::uint64_t failed = 0;
        std::int64_t max_ns = 0;
        std::vector<std::pair<std::uint16_t, std::uint32_t>> counts;  ///< index in LiveHistogram, count
        friend bool operator==(const Second&, const Second&) = default;
    };

    /// Counts a success. `since_window` is when it ended, not negative; `response_time_ns` is its response
    /// time.
    void succeeded(Nanoseconds since_window, std::int64_t response_time_ns);
    void failed(Nanoseconds since_window);
    /// All seconds in which something ended, in order; the series is empty afterwards.
    std::vector<Second> take();

private:
    struct Open {
        std::int64_t second = -1;
        std::uint64_t failed = 0;
        std::int64_t max_ns = 0;
        LiveHistogram response_time;
    };
    Open& open(std::int64_t second);
    void pack(Open& from);

    std::array<Open, 2> open_;  ///< by parity of the second
    std::vector<Second> packed_;
};

/// The series of all threads as one, with every second that `window` holds, also those in which nothing
/// ended.
std::vector<model::SecondOfLoad> merged(const std::vector<std::vector<SecondSeries::Second>>& threads,
                                        Nanoseconds window);

}  // namespace joust::load
