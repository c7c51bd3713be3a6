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
    friend bool operator==(const Judgement&, const Judgement&) = default;
};

/// A mean over trials with its 95 % interval; the interval is there from three trials on.
struct Estimate {
    double value = 0;
    std::optional<double> low;
    std::optional<double> high;
    friend bool operator==(const Estimate&, const Estimate&) = default;
};

/// A latency percentile of all the trials of a cell together.
struct LatencyEstimate {
    Estimate value_ns;      ///< percentile of the merged histogram; interval over the trials' own percentiles
    bool at_least = false;  ///< it touches censored requests: print with "≥"
    friend bool operator==(const LatencyEstimate&, const LatencyEstimate&) = default;
};

/// One contender at one level, over all blocks.
struct Cell {
    std::string contender;
    std::int64_t level = 0;
    int trials = 0;
    int valid_trials = 0;
    Judgement judgement;  ///< invalid when the majority of its trials is
    Estimate goodput_rps;
    Estimate throughput_rps;  ///< all answers, right or wrong
    double error_rate = 0;    ///< over all trials' requests, 0..1
    RequestErrors errors;
    std::map<std::string, LatencyEstimate> response_time;  ///< "mean" "p50" "p95" "p99" "p999" "max"
    Estimate contender_cpu_cores;                          ///< CPU seconds per second
    Estimate database_cpu_cores;
    Estimate generator_cpu_cores;
    std::optional<Estimate> contender_cpu_us_per_operation;  ///< empty without a single success
    std::optional<Estimate> database_cpu_us_per_operation;
    Estimate contender_memory_mean_mib;  ///< anonymous
    Estimate contender_memory_peak_mib;
    Estimate database_memory_peak_mib;
    Estimate throttled_share;  ///< of the window in which the contender's quota stopped it, 0..1
    std::optional<Estimate> context_switches_per_operation;
    friend bool operator==(const Cell&, const Cell&) = default;
};

/// Ratio contender ÷ baseline of one quantity, paired within blocks.
struct PairedRatio {
    std::string contender;
    std::string baseline;
    std::optional<std::int64_t> level;  ///< empty: all levels together
    int pairs = 0;                      ///< blocks (times levels) in which both trials are valid
    std::optional<double> ratio;        ///< geometric mean; empty without a pair
    std::optional<double> low;          ///< 95 % interval, from three pairs on
    std::optional<double> high;
    Verdict verdict = Verdict::inconclusive;
    std::string why;  ///< one sentence: what the verdict rests on, or why there is none
    friend bool operator==(const PairedRatio&, const PairedRatio&) = default;
};

/// First level at which the error rate exceeds the limit in a majority of blocks.
struct BreakingPoint {
    std::string contender;
    std::int64_t level = 0;
    double error_rate = 0;
    friend bool operator==(const BreakingPoint&, const BreakingPoint&) = default;
};

struct Comparison {
    std::vector<std::string> contenders;  ///< in the benchmark's order
    std::string baseline;
    LoadModel load_model = LoadModel::closed;
    std::vector<std::int64_t> levels;
    std::vector<Judgement> trial_judgements;  ///< one for each trial, in the order given
    std::vector<Cell> cells;                  ///< by level, then by contender
    std::vector<PairedRatio>
        goodput;  ///< per contender other than the baseline: levels, then all together (level empty)
    std::vector<PairedRatio> cpu_per_operation;  ///< same order; "faster" means less CPU
    std::vector<PairedRatio> response_time_p99;  ///< same order; "faster" means shorter
    std::vector<BreakingPoint> breaking_points;
    std::vector<std::string> warnings;  ///< whole sentences on the experiment (one block only, limits off, …)

    /// The cell, or null where no trial was run.
    [[nodiscard]] const Cell* cell(const std::string& contender, std::int64_t level) const;
    /// The contender that won overall: valid, and faster than every other; empty when no such statement can
    /// be made.
    std::optional<std::string> winner;
    std::string headline;  ///< one sentence: the verdict with its numbers, or why there is none
};

}  // namespace joust::model
