#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/trial_result.hpp"

namespace joust::model {

enum class Validity { valid, suspect, invalid };
enum class Verdict { faster, slower, equivalent, inconclusive, invalid };
std::string_view name(Validity validity);
std::string_view name(Verdict verdict);

/// Why a trial or a cell is not simply valid; reasons are data, and every renderer shows them next to the
/// number.
struct Reason {
    std::string code;  ///< stable, for programs: "error_rate", "service_died", …; listed in docs/results.md
    std::string text;  ///< for people, with the number: "34 % errors (limit 1 %)"
    friend bool operator==(const Reason&, const Reason&) = default;
};

struct Judgement {
    Validity validity = Validity::valid;
    std::vector<Reason> reasons;
    std::vector<Reason> not_evaluated;  ///< rules that this host or this run gave no data for
    friend bool operator==(const Judgement&, const Judgement&) = default;
};

/// A mean over trials with its 95 % t interval, never below 0; the interval is there from three trials on.
struct Estimate {
    double value = 0;
    std::optional<double> low;
    std::optional<double> high;
    friend bool operator==(const Estimate&, const Estimate&) = default;
};

/// A latency percentile of all the trials of a cell together, over the requests due in the windows.
struct LatencyEstimate {
    /// Percentile of the merged histogram; t interval over the trials' own percentiles, widened where need be
    /// so that it holds the value.
    Estimate value_ns;
    /// A lower bound, to be printed with "≥": it touches censored requests, or more time was spent in flight
    /// than the requests due in the window account for (Little's law fails), which longer ones from before
    /// explain.
    bool at_least = false;
    friend bool operator==(const LatencyEstimate&, const LatencyEstimate&) = default;
};

/// One contender at one level, over all blocks. Counts of requests are over all its trials; every other
/// figure is over those that are not invalid, or over all of them where the cell itself is invalid.
struct Cell {
    std::string contender;
    std::int64_t level = 0;
    int trials = 0;
    int valid_trials = 0;  ///< not invalid, that is
    Judgement judgement;   ///< invalid when the majority of its trials is, or its error rate over all of them
    RequestCounts requests;
    Estimate goodput_rps;
    Estimate throughput_rps;        ///< all answers, right or wrong
    double error_rate = 0;          ///< over all trials' requests, 0..1
    Estimate error_rate_of_trials;  ///< mean over all trials, each with the same weight; high is at most 1
    RequestErrors errors;
    StatusCounts statuses;
    std::map<std::string, LatencyEstimate> response_time;  ///< "mean" "p50" "p95" "p99" "p999" "max"
    Estimate contender_cpu_cores;                          ///< CPU seconds per second
    Estimate database_cpu_cores;
    Estimate generator_cpu_cores;
    std::optional<Estimate> contender_cpu_us_per_operation;  ///< empty without a single success
    std::optional<Estimate> contender_cpu_user_us_per_operation;
    std::optional<Estimate> contender_cpu_system_us_per_operation;
    std::optional<Estimate> database_cpu_us_per_operation;
    Estimate contender_memory_mean_mib;    ///< anonymous
    double contender_memory_peak_mib = 0;  ///< the largest sample of any trial; so are the other peaks
    double contender_page_cache_peak_mib = 0;
    Estimate database_memory_mean_mib;
    double database_memory_peak_mib = 0;
    std::optional<Estimate>
        throttled_share;                 ///< time the contender's quota stopped it ÷ window; empty: not read
    std::uint64_t connections_peak = 0;  ///< most that were open at once in any trial
    std::optional<Estimate> context_switches_per_operation;
    friend bool operator==(const Cell&, const Cell&) = default;
};

/// Geometric mean of the ratios of some pairs.
struct RatioEstimate {
    int pairs = 0;
    std::optional<double> ratio;  ///< empty without a pair
    std::optional<double> low;    ///< 95 % interval, from three pairs on
    std::optional<double> high;
    friend bool operator==(const RatioEstimate&, const RatioEstimate&) = default;
};

/// Ratio contender ÷ baseline of one quantity, paired within blocks.
struct PairedRatio {
    std::string contender;
    std::string baseline;
    std::optional<std::int64_t> level;  ///< empty: all levels together
    int pairs = 0;                      ///< blocks (times levels) in which neither trial is invalid
    int left_out = 0;                   ///< further ones, for want of the figure in one of the trials
    std::optional<double> ratio;        ///< geometric mean; empty without a pair
    std::optional<double> low;          ///< 95 % interval, from three pairs on
    std::optional<double> high;
    RatioEstimate of_valid;  ///< the same over the pairs in which neither trial is suspect
    Verdict verdict = Verdict::inconclusive;
    std::string why;  ///< one sentence: what the verdict rests on, or why there is none

    /// Fewer than half of its pairs have valid results on both sides: it decides nothing.
    [[nodiscard]] bool mostly_suspect() const { return of_valid.pairs * 2 < pairs; }
    friend bool operator==(const PairedRatio&, const PairedRatio&) = default;
};

/// First level at which the error rate exceeds the limit in a majority of blocks.
struct BreakingPoint {
    std::string contender;
    std::int64_t level = 0;
    double error_rate = 0;
    friend bool operator==(const BreakingPoint&, const BreakingPoint&) = default;
};

/// A run of consecutive levels at which more load brought no more goodput: one saturated number, measured
/// again.
struct Plateau {
    std::string contender;
    std::int64_t first_level = 0;
    std::int64_t last_level = 0;
    int levels = 0;         ///< at least three
    double lowest_rps = 0;  ///< highest / lowest <= (1 + margin)²: all within the margin of one value
    double highest_rps = 0;
    friend bool operator==(const Plateau&, const Plateau&) = default;
};

/// How far apart the goodput of one contender is where nothing but chance sets it apart: what a difference to
/// another contender has to be held against.
struct Scatter {
    std::string contender;
    /// Of one trial: exp(standard deviation of the logarithm) - 1. Over the repeats of each level; of a
    /// single block over neighbouring levels, whose differences hardly contain the trend.
    double share = 0;
    bool between_levels = false;  ///< the latter
    double lowest_rps = 0;        ///< of its trials, none of them invalid
    std::int64_t lowest_level = 0;
    double highest_rps = 0;
    std::int64_t highest_level = 0;
    friend bool operator==(const Scatter&, const Scatter&) = default;
};

/// Something that happened in a trial, with where it did.
struct PlacedIncident {
    std::string contender;
    std::int64_t level = 0;
    int block = 0;
    Incident incident;
    friend bool operator==(const PlacedIncident&, const PlacedIncident&) = default;
};

struct Comparison {
    std::vector<std::string> contenders;  ///< in the benchmark's order
    std::string baseline;
    LoadModel load_model = LoadModel::closed;
    std::vector<std::int64_t> levels;         ///< with at least one trial
    int blocks = 0;                           ///< that have at least one trial
    std::vector<Judgement> trial_judgements;  ///< one for each trial, in the order given
    std::vector<Cell> cells;                  ///< by level, then by contender
    std::vector<PairedRatio>
        goodput;  ///< per contender other than the baseline: levels, then all together (level empty)
    std::vector<PairedRatio> cpu_per_operation;  ///< same order; "faster" means less CPU
    std::vector<PairedRatio> response_time_p99;  ///< same order; "faster" means shorter
    std::vector<BreakingPoint> breaking_points;
    std::vector<Plateau> plateaus;
    std::vector<Scatter> scatters;  ///< of each contender that has enough trials to tell
    std::vector<PlacedIncident> incidents;
    std::vector<std::string> warnings;  ///< whole sentences on the experiment (one block only, limits off, …)

    /// The cell, or null where no trial was run.
    [[nodiscard]] const Cell* cell(const std::string& contender, std::int64_t level) const;
    /// The contender that won overall: valid, and faster than every other; empty when no such statement can
    /// be made.
    std::optional<std::string> winner;
    std::string headline;  ///< one or two sentences: the verdict with its numbers, or why there is none
};

}  // namespace joust::model
