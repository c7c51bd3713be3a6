#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "base/error.hpp"
#include "base/proc.hpp"
#include "load/live_histogram.hpp"
#include "load/second_series.hpp"
#include "load/silences.hpp"
#include "load/stall_watch.hpp"
#include "load/thread_usage.hpp"
#include "model/samples.hpp"

namespace joust::load {

/// What one load thread alone can tell of a window.
struct ThreadTally {
    /// A failure, and when it came.
    struct Example {
        model::RequestErrorExample error;  ///< `since_window` is not known yet
        TimePoint when;
        friend bool operator==(const Example&, const Example&) = default;
    };

    model::IssuedIds ids;
    std::optional<ThreadUsage> used;  ///< in the window; empty when it saw none
    bool polls = false;               ///< it spins: its CPU time says nothing
    std::optional<StallWatch::Sums> stopped;
    std::optional<HostTicks> host;  ///< in the window, the whole host's
    std::vector<Example> examples;  ///< at most k_examples of each kind, in order
    std::vector<SecondSeries::Second> seconds;
    ThreadSilences silences;

    static constexpr std::uint32_t k_examples = 10;
    friend bool operator==(const ThreadTally&, const ThreadTally&) = default;
};

/// What load threads count over a window, a value: one thread's own, or that of several threads together.
struct Tally {
    /// The measured window [start, end); `end` is TimePoint::max() when the load stops by count.
    struct Window {
        TimePoint start;
        TimePoint end;
        [[nodiscard]] bool empty() const { return end <= start; }
        friend bool operator==(const Window&, const Window&) = default;
    };
    using Halves = std::array<model::GeneratorConduct::Half, 2>;

    std::optional<Window> window;  ///< empty: it was never told
    std::uint64_t completed_in_window = 0;
    std::uint64_t errors_in_window = 0;
    model::RequestCounts requests;
    model::RequestErrors errors;
    model::StatusCounts statuses;
    std::uint64_t retried = 0;
    std::uint64_t censored = 0;
    std::uint64_t held_back = 0;
    std::uint64_t never_begun = 0;
    model::Shortages shortages;
    std::optional<Halves> halves;  ///< empty where one of the threads does not know them
    stats::Histogram response_time;
    stats::Histogram service_time;
    stats::Histogram time_to_first_byte;
    std::uint64_t delayed_bodies = 0;
    stats::Histogram schedule_lag;
    stats::Histogram reap_delay;
    LiveHistogram start_delay;
    model::ConnectionCounts connections;
    std::vector<model::ServedAddress> addresses;  ///< the target's, of each thread in the same order
    std::uint64_t bytes_received = 0;
    Nanoseconds in_flight{0};  ///< integral of the requests in flight over the window
    Nanoseconds response_time_sum{0};
    TimePoint last_end{};                             ///< of a request due in the window
    std::vector<model::OperationSamples> operations;  ///< of each thread in the same order
    std::uint64_t clock_steps = 0;
    std::map<int, ThreadTally> threads;  ///< by number

    /// Adds what other threads of the same load have counted. Associative and commutative.
    void merge(Tally other);
    friend bool operator==(const Tally&, const Tally&) = default;
};

/// What the threads of a load have measured together; `backend` and `local_ports` are left to the engine.
/// Fails when no window was set, or the load was stopped before it began.
Result<model::Samples> samples_of(const Tally& tally);

}  // namespace joust::load
