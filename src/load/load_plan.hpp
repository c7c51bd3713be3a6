#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/clock.hpp"
#include "base/secret_order.hpp"
#include "load/address.hpp"
#include "load/options.hpp"
#include "load/session/answer_check.hpp"
#include "load/session/prepared_request.hpp"
#include "load/session/tls.hpp"

namespace joust::load {

/// The load that all threads share, made ready; fixed before they start.
struct LoadPlan {
    Options options;
    std::vector<Address> addresses;
    std::vector<PreparedRequest> requests;       ///< one per operation
    std::vector<AnswerCheck> checks;             ///< one per operation
    std::optional<RateCurve> curve;              ///< open model
    std::optional<Nanoseconds> schedule_length;  ///< open model that stops by count
    std::optional<TlsContext> tls;
    std::uint64_t run = 0;  ///< tells the ids of this run apart
    SecretOrder order;      ///< of these ids, so that nobody does what is asked next before it is asked
};

/// The caller's word to the threads while they run. Times are nanoseconds of the monotonic clock.
struct Control {
    std::atomic<std::int64_t> window_start_ns{TimePoint::max().time_since_epoch().count()};
    std::atomic<std::int64_t> window_end_ns{TimePoint::max().time_since_epoch().count()};
    std::atomic<bool> stop{false};
    /// Laps that may begin, the last one at `lap_start_ns`; k_no_more_laps: the threads end.
    std::atomic<std::uint64_t> laps{1};
    std::atomic<std::int64_t> lap_start_ns{0};
    static constexpr std::uint64_t k_no_more_laps = ~std::uint64_t{0};
};

/// One thread's share of the load.
struct Share {
    int thread = 0;
    int threads = 1;
    std::size_t connections = 0;            ///< users, or the most connections of the open model
    std::optional<std::uint64_t> requests;  ///< to send in all, when the load stops by count
};

/// The one moment that all parts of a load thread take for now. It is read from the clock at each turn of the
/// loop, and is that of the event while an event is handled.
struct Moment {
    TimePoint now;
};

}  // namespace joust::load
