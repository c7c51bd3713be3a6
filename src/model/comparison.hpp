#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/finding.hpp"
#include "model/quantity.hpp"
#include "model/trial_result.hpp"

namespace joust::model {

enum class Verdict { faster, slower, equivalent, inconclusive, invalid };
std::string_view name(Verdict verdict);

/// A number of a cell. Most are means over trials with a 95 % t interval, never below 0; the interval is
/// there from three trials on.
struct Estimate {
    double value = 0;
    std::optional<double> low;
    std::optional<double> high;
    /// A lower bound, to be printed with "≥" (LowerBounds says when).
    bool at_least = false;
    friend bool operator==(const Estimate&, const Estimate&) = default;
};

/// One entrant at one level, over all blocks. Counts of requests are over all its trials; over which of them
/// each quantity is, its row says.
struct Cell {
    std::string entrant;
    std::int64_t level = 0;
    int trials = 0;
    int trials_that_count = 0;  ///< not invalid
    Judgement judgement;        ///< invalid when the majority of its trials is, or its error rate over all
    RequestCounts requests;
    RequestErrors errors;
    StatusCounts statuses;
    std::map<Quantity, Estimate> figures;  ///< without those that no trial has
    /// Of all its trials whose log was read; empty where that was none. Nothing is declared where its
    /// contract is empty.
    std::optional<ObservedEffects> effects;

    /// Null where no trial has it.
    [[nodiscard]] const Estimate* find(Quantity quantity) const;
    [[nodiscard]] const Estimate& at(Quantity quantity) const { return figures.at(quantity); }
    /// Over all its requests, 0..1 (see model::error_rate).
    [[nodiscard]] double error_rate() const;
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

/// What a verdict rests on.
enum class Basis : std::uint8_t {
    cell_invalid,   ///< at this level, or at every one, one of the two is invalid
    no_pair,        ///< no block has a trial of both that is not invalid
    no_figure,      ///< there are such blocks, but in none of them both have the figure
    too_few_pairs,  ///< for an interval
    within_margin,  ///< the interval lies within it
    excludes_one,   ///< the interval does, and does not lie within the margin
    neither,        ///< the interval includes 1 and is wider than the margin
};

/// What pairs in doubt do to a verdict that the interval over all pairs gives.
enum class Doubt : std::uint8_t {
    none,         ///< no pair is in doubt
    marks,        ///< the verdict stands, and says how many pairs are in doubt
    contradicts,  ///< three or more pairs without doubt tell another story: nothing is decided
    one_sided,    ///< it is on one of the two, and leaves fewer than three pairs: nothing is decided
};
/// "none", "marks", "contradicts", "one_sided": as in the JSON.
std::string_view name(Doubt doubt);

/// Pairs without a ratio, because one side lacks the figure.
struct LeftOut {
    int unknown = 0;              ///< nothing was counted
    int without_answers = 0;      ///< it touches requests that never ended
    int against_littles_law = 0;  ///< requests from before the window are in no percentile

    [[nodiscard]] int total() const { return unknown + without_answers + against_littles_law; }
    friend bool operator==(const LeftOut&, const LeftOut&) = default;
};

/// Ratio entrant ÷ baseline of one quantity, paired within blocks.
struct PairedRatio {
    Quantity quantity = Quantity::goodput;
    std::string entrant;
    std::string baseline;
    std::optional<std::int64_t> level;  ///< empty: all levels together
    int pairs = 0;                      ///< blocks (times levels) in which neither trial is invalid
    LeftOut left_out;                   ///< further ones
    std::optional<double> ratio;        ///< geometric mean, of levels their mean; empty without a pair
    std::optional<double> low;          ///< 95 % interval, from three pairs on
    std::optional<double> high;
    RatioEstimate without_doubt;  ///< the estimate over the pairs of which no rule doubts the quantity
    Doubt doubt = Doubt::none;
    Verdict verdict = Verdict::inconclusive;
    Basis basis = Basis::no_pair;

    /// The interval would give a verdict, but doubt forbids it.
    [[nodiscard]] bool undecided() const { return doubt == Doubt::contradicts || doubt == Doubt::one_sided; }
    friend bool operator==(const PairedRatio&, const PairedRatio&) = default;
};

/// First level at which the error rate exceeds the limit in a majority of blocks.
struct BreakingPoint {
    std::string entrant;
    std::int64_t level = 0;
    double error_rate = 0;
    friend bool operator==(const BreakingPoint&, const BreakingPoint&) = default;
};

/// A run of consecutive levels at which more load brought no more goodput: one saturated number, measured
/// again.
struct Plateau {
    std::string entrant;
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
    std::string entrant;
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
    std::string entrant;
    std::int64_t level = 0;
    int block = 0;
    Incident incident;
    friend bool operator==(const PlacedIncident&, const PlacedIncident&) = default;
};

/// What a reader has to know of the whole run before believing any number.
struct Caveat {
    enum class Kind : std::uint8_t {
        ended_early,  ///< some: trials that were finished, of those planned
        one_block,    ///< the noise from repeat to repeat is not known
        suspects,     ///< some: suspect cells, of all
        limits_off,   ///< some: trials without limits, of all
        steal,        ///< some: trials from which other guests took CPU time, of all
        containers,   ///< some: contenders that ran in containers, of all
    };
    Kind kind;
    std::size_t some = 0;
    std::size_t of = 0;
    double share = 0;  ///< of steal: the median over all trials
    friend bool operator==(const Caveat&, const Caveat&) = default;
};

struct Comparison {
    std::vector<std::string> entrants;  ///< their labels, in the benchmark's order
    std::string baseline;
    LoadModel load_model = LoadModel::closed;
    double margin = 0;                        ///< of practical equivalence, each side of 1
    std::vector<std::int64_t> levels;         ///< with at least one trial
    int blocks = 0;                           ///< that have at least one trial
    std::vector<Judgement> trial_judgements;  ///< one for each trial, in the order given
    std::vector<Cell> cells;                  ///< by level, then by entrant
    /// By quantity, then entrant other than the baseline: levels, then all together (level empty).
    std::vector<PairedRatio> ratios;
    std::vector<BreakingPoint> breaking_points;
    std::vector<Plateau> plateaus;
    std::vector<Scatter> scatters;  ///< of each contender that has enough trials to tell
    std::vector<PlacedIncident> incidents;
    std::vector<Caveat> caveats;
    /// The entrant that won overall: valid, and faster than every other; empty when no such statement can
    /// be made.
    std::optional<std::string> winner;

    /// The cell, or null where no trial was run.
    [[nodiscard]] const Cell* cell(const std::string& entrant, std::int64_t level) const;
    /// The ratio of an entrant at a level, or over all levels (empty level); null for the baseline.
    [[nodiscard]] const PairedRatio* ratio(Quantity quantity, const std::string& entrant,
                                           std::optional<std::int64_t> level) const;
    /// The ratios over all levels, one for each entrant but the baseline.
    [[nodiscard]] std::vector<PairedRatio> pooled(Quantity quantity) const;
};

/// Whether the cell is not to be ranked.
inline bool invalid(const Cell& cell) {
    return cell.judgement.validity == Validity::invalid;
}

}  // namespace joust::model
