#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "base/quantity.hpp"
#include "model/benchmark.hpp"
#include "model/comparison.hpp"
#include "model/samples.hpp"
#include "stats/mean_interval.hpp"

namespace joust::model {

/// A stretch of the open model's rate, linear from one rate to the other.
struct RateStretch {
    std::optional<Nanoseconds> length;  ///< empty: to the end of the load
    double from_rps = 0;
    double to_rps = 0;
};

/// What became of a criterion that the user set.
struct CriterionResult {
    std::string criterion;  ///< as written: "p99>200ms"
    std::string found;      ///< the figure, for people
    bool failed = false;
};

/// One run of `joust load` on one target, with what the self-check made of it.
struct LoadRun {
    std::string url;  ///< with credentials masked (base/secrets.hpp)
    LoadModel load_model = LoadModel::closed;
    int connections = 0;                 ///< users (closed model)
    Nanoseconds think_time{0};           ///< of a user between two requests (closed model)
    std::optional<int> max_connections;  ///< open model: no more are opened
    std::vector<RateStretch> schedule;   ///< open model; empty in the closed one
    std::string arrivals;                ///< open model: "constant" or "poisson"
    Nanoseconds warm_up{0};
    std::uint64_t seed = 0;
    std::optional<double>
        offered_rps;  ///< mean rate of the schedule over the window; empty in the closed model
    std::optional<Nanoseconds> schedule_length;  ///< over which requests are due, with `-n` in the open model
    Nanoseconds timeout{0};
    bool tls_verified = true;  ///< false: --insecure
    WallTime started{};
    std::string stopped_early;  ///< why the load ended before its time: a criterion, a signal; "": it did not
    Samples samples;
    std::optional<Bytes> max_rss;  ///< most memory that this process had resident at once
    std::vector<CriterionResult> fail_if;
    bool expects_status = false;    ///< the user said which status is right
    std::vector<Finding> warnings;  ///< what the result may not mean
    Judgement self_check;           ///< of the generator, not of the target: errors do not count here
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
    Quantity quantity = Quantity::goodput;  ///< or the median or 99th percentile of the response time
    std::size_t target = 0;
    std::size_t rounds = 0;  ///< in which both were measured
    std::size_t pairs = 0;   ///< of these, in which the quantity is known for both, and above zero
    /// Empty unless it is known in every round: over the others alone it would flatter who failed.
    std::optional<double> ratio;
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

    /// Rounds in which the target answered no request rightly.
    [[nodiscard]] std::size_t rounds_unserved(std::size_t target) const {
        return static_cast<std::size_t>(
            std::count_if(slices.begin(), slices.end(), [&](const LoadSlice& one) {
                return one.target == target && one.samples.completed_in_window == 0;
            }));
    }
};

}  // namespace joust::model
