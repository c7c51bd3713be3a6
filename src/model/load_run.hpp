#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/quantity.hpp"
#include "model/benchmark.hpp"
#include "model/comparison.hpp"
#include "model/samples.hpp"
#include "stats/mean_interval.hpp"

namespace joust::model {

/// One run of `joust load` on one target, with what the self-check made of it.
struct LoadRun {
    std::string url;
    LoadModel load_model = LoadModel::closed;
    int connections = 0;  ///< users (closed model); opened as needed, at first so many (open model)
    std::optional<double>
        offered_rps;  ///< mean rate of the schedule over the window; empty in the closed model
    std::optional<Nanoseconds> schedule_length;  ///< over which requests are due, with `-n` in the open model
    Nanoseconds timeout{0};
    bool tls_verified = true;  ///< false: --insecure
    WallTime started{};
    std::string stopped_early;  ///< why the load ended before its time: a criterion, a signal; "": it did not
    Samples samples;
    std::optional<Bytes> max_rss;  ///< most memory that this process had resident at once
    Judgement self_check;          ///< of the generator, not of the target: errors do not count here
};

/// One target's measured window in one round of a comparison.
struct LoadSlice {
    int round = 0;           ///< from 0
    std::size_t target = 0;  ///< index in LoadComparison::runs
    WallTime started{};
    Samples samples;
};

/// A quantity of one target against the first target's, paired within rounds.
struct LoadRatio {
    std::string quantity;  ///< "goodput", "response_time_p50", "response_time_p99"
    std::size_t target = 0;
    std::size_t pairs = 0;  ///< rounds in which both have the quantity, above zero
    double ratio = 1;
    std::optional<stats::Interval> interval;  ///< 95 %; from three pairs on

    /// Whether the interval leaves out 1.
    [[nodiscard]] bool difference_shown() const {
        return interval && (interval->low > 1 || interval->high < 1);
    }
};

/// Several targets under the same load in alternating slices: every target once per round, in random order.
struct LoadComparison {
    std::vector<LoadRun> runs;      ///< one per target, over all its slices
    std::vector<LoadSlice> slices;  ///< in the order in which they were measured
    std::vector<LoadRatio> ratios;  ///< to the first target
    int rounds = 0;
    Nanoseconds slice{0};    ///< length of each measured window
    Nanoseconds warm_up{0};  ///< load before each, not counted
    std::uint64_t seed = 0;  ///< of the orders
};

}  // namespace joust::model
