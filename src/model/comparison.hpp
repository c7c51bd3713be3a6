#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/cell.hpp"
#include "model/finding.hpp"
#include "model/lint.hpp"
#include "model/quantity.hpp"
#include "model/speed_scatter.hpp"
#include "model/trial_result.hpp"

namespace joust::model {

enum class Verdict { faster, slower, equivalent, inconclusive, invalid };
std::string_view name(Verdict verdict);

/// Geometric mean of the ratios of some pairs.
struct RatioEstimate {
    int pairs = 0;
    std::optional<double> ratio;  ///< empty without a pair
    std::optional<double> low;    ///< interval, from three pairs on; at 95 % unless a look has its own
    std::optional<double> high;
    bool between_levels = false;  ///< the interval is of the scatter between levels: none has two pairs
    friend bool operator==(const RatioEstimate&, const RatioEstimate&) = default;
};

/// What a verdict rests on.
enum class Basis : std::uint8_t {
    cell_invalid,   ///< at this level, or at every one, one of the two is barred, or invalid without a pair
    no_pair,        ///< no block has a trial of both that is not invalid
    no_figure,      ///< there are such blocks, but in none of them both have the figure
    too_few_pairs,  ///< for an interval
    before_look,    ///< the run goes on, and its first look is yet to come
    unfinished,     ///< pairs that were planned are open, of a run that is judged once all are there
    ended_early,    ///< likewise, and its budget has no room for them: before the fourth block
    within_margin,  ///< the interval lies within it
    excludes_one,   ///< the interval does, and does not lie within the margin
    neither,        ///< the interval includes 1 and is wider than the margin
    lower_bounds,   ///< of some pairs only a lower bound is known: those without would tell of the good times
    undeclared,     ///< whom it would favour did other than declared in some trial (Fault::undeclared)
    within_floor,   ///< the baseline differed from itself by as much
};

/// What pairs in doubt do to a verdict that the interval over all pairs gives.
enum class Doubt : std::uint8_t {
    none,         ///< no pair is in doubt
    marks,        ///< the verdict stands, and says how many pairs are in doubt
    contradicts,  ///< three or more pairs without doubt tell another story: nothing is decided
    one_sided,    ///< it is on one of the two, and leaves fewer than three pairs: nothing is decided
    /// Think time was the limit of both in every pair; or of one at least in all but two, and both did as
    /// much as each other: nothing is decided.
    load_bound,
};
/// "none", "marks", "contradicts", "one_sided", "load_bound": as in the JSON.
std::string_view name(Doubt doubt);

/// Pairs without a ratio, because one side lacks the figure.
struct LeftOut {
    int unknown = 0;              ///< nothing was counted
    int without_answers = 0;      ///< it touches requests that never ended
    int against_littles_law = 0;  ///< requests from before the window are in no percentile

    [[nodiscard]] int total() const { return unknown + without_answers + against_littles_law; }
    /// Those that a service has caused which keeps requests waiting: what is left is the better part of it.
    [[nodiscard]] int only_bounds() const { return without_answers + against_littles_law; }
    friend bool operator==(const LeftOut&, const LeftOut&) = default;
};

/// Pairs that an invalid trial takes out of a ratio.
struct VoidPairs {
    int all = 0;          ///< a trial of them is invalid
    int by_entrant = 0;   ///< of these, by what speaks against the entrant (Cell::trials_at_fault)
    int by_baseline = 0;  ///< likewise; some may be in both
    int barred = 0;  ///< further ones, whose trials both count, at a level where one of the two is barred
    int undeclared_by_entrant = 0;  ///< Fault::undeclared, of whatever level and whether or not a look saw it
    int undeclared_by_baseline = 0;
    friend bool operator==(const VoidPairs&, const VoidPairs&) = default;
};

/// Which ratio a verdict is made of where steal differed within the pairs (see stats::decide_steal).
enum class DecidedBy : std::uint8_t {
    raw,       ///< the pairs as they are
    adjusted,  ///< the ratio at equal steal
    both,      ///< one of the two suffered from more steal, which may be its own doing: both must agree
};
/// "raw", "adjusted", "both": as in the JSON.
std::string_view name(DecidedBy decided_by);

/// What a ratio is of.
enum class Measured : std::uint8_t {
    work,
    load,  ///< at some level users' think time was the limit of one of the two
    wait,  ///< at some level nobody was busy with one of the two
};
/// "work", "load", "wait": as in the JSON.
std::string_view name(Measured measured);

/// Whether more blocks could change what is known of a ratio: what a plan looks at.
enum class Standing : std::uint8_t {
    open,
    certain,     ///< faster, slower, or invalid
    equivalent,  ///< the interval lies within the margin
    narrow,      ///< the interval is narrower than the margin, but tells neither
};
std::string_view name(Standing standing);

/// What a level's ratio says as one of several that are looked at together (Holm's procedure).
struct AmongLevels {
    double p_value = 1;        ///< adjusted for their number (and of looks, in proportion to 5 %)
    double confidence = 0.95;  ///< of its interval
    std::optional<double> low;
    std::optional<double> high;
    friend bool operator==(const AmongLevels&, const AmongLevels&) = default;
};

/// Ratio entrant ÷ baseline of one quantity, paired within blocks.
struct PairedRatio {
    Quantity quantity = Quantity::goodput;
    std::string entrant;
    std::string baseline;
    std::optional<std::int64_t> level;  ///< empty: all levels together
    int pairs = 0;                      ///< blocks (times levels) in which neither trial is invalid
    LeftOut left_out;                   ///< further ones
    VoidPairs void_pairs;               ///< others again, of the levels that count; of one level always
    int levels = 0;                     ///< that count: neither is barred there, nor invalid without a pair
    int bounded_levels = 0;             ///< of these, with a pair of which only a lower bound is known
    int invalid_levels = 0;             ///< all other levels
    /// At some level that counts one of the two is invalid by what neither did: those of its pairs count in
    /// which neither is.
    bool some_invalid = false;
    /// Geometric mean, of levels their mean, with its interval from three pairs on: of those below the ratio
    /// that decides; where both must agree, the one nearer to 1 and an interval that holds both. Empty
    /// without a pair; the interval also where there is nothing to judge by yet (Basis::before_look,
    /// unfinished and ended_early).
    std::optional<double> ratio;
    std::optional<double> low;
    std::optional<double> high;
    /// The interval is of the scatter between levels: none has two pairs.
    bool between_levels = false;
    double confidence = 0.95;  ///< of the intervals: a look has its own
    std::optional<int> look;   ///< blocks that were looked at, of a run with looks
    DecidedBy decided_by = DecidedBy::raw;
    RatioEstimate raw;                      ///< the pairs as they are
    std::optional<RatioEstimate> adjusted;  ///< to equal steal, where it has a say
    std::optional<double> p_value;          ///< of a true ratio of 1, for the ratio that decides
    /// Of one level, among all of them; empty where it has no interval. It makes the level's verdict.
    std::optional<AmongLevels> among_levels;
    Verdict alone = Verdict::inconclusive;  ///< of one level: by its own interval, as if it were the only one
    /// One level of a run with a single look: the ratio is shown, and no verdict claimed.
    bool descriptive = false;
    double margin = 0;            ///< of practical equivalence for it, each side of 1
    std::optional<double> floor;  ///< up to it the baseline differed from itself, each side of 1
    Measured measured = Measured::work;
    RatioEstimate without_doubt;  ///< the estimate over the pairs of which no rule doubts the quantity
    Doubt doubt = Doubt::none;
    Verdict verdict = Verdict::inconclusive;
    Basis basis = Basis::no_pair;
    Standing standing = Standing::open;

    /// The interval would give a verdict, but doubt forbids it.
    [[nodiscard]] bool undecided() const { return doubt != Doubt::none && doubt != Doubt::marks; }
    friend bool operator==(const PairedRatio&, const PairedRatio&) = default;
};

/// What the same work costs: all entrants at one open rate, which the slowest can serve twice over.
struct EqualRate {
    std::int64_t rate = 0;  ///< requests per second
    int blocks = 0;         ///< that have at least one trial
    std::vector<Cell> cells;
    /// By quantity (k_equal_rate_quantities), then entrant other than the baseline; their level is the rate.
    std::vector<PairedRatio> ratios;
    friend bool operator==(const EqualRate&, const EqualRate&) = default;
};

/// Why no trial at an equal rate is there, though two are compared under a closed load.
enum class NoEqualRate : std::uint8_t {
    not_asked,    ///< the benchmark has it switched off
    none_counts,  ///< of some entrant no trial at the levels counts
    too_slow,     ///< at half of the slowest's capacity a window holds too few operations
    budget,       ///< it does not hold a pair
    unfinished,   ///< it would come next
};
/// "not_asked", …: as in the JSON.
std::string_view name(NoEqualRate why);

/// First level at which the error rate exceeds the limit in a majority of blocks. The true point lies above
/// `whole_level`; each block for itself has a first such level, too.
struct BreakingPoint {
    std::string entrant;
    std::int64_t level = 0;
    double error_rate = 0;
    std::optional<std::int64_t> whole_level;   ///< the level below; empty: there is none that was measured
    std::int64_t earliest_level = 0;           ///< over the blocks
    std::optional<std::int64_t> latest_level;  ///< likewise; empty where a block that got so far has none
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
        ended_early,       ///< some: trials that were finished, of those planned
        one_block,         ///< the noise from repeat to repeat is not known
        one_pair_a_level,  ///< likewise of an entrant and the baseline: no level has two pairs
        suspects,          ///< some: suspect cells, of all
        limits_off,        ///< some: trials without limits, of all
        steal,             ///< some: trials from which other guests took CPU time, of all through that lens
        added_steal,       ///< some: trials in which an experiment's own CPU time counted as steal, of all
        containers,        ///< some: contenders that ran in containers, of all
        unproven,          ///< some: trials whose declared effects nothing was held against, of all
        not_counted,  ///< some: trials of one entrant in which a declared part was not counted, of all of it
    };
    /// Of what a workload declares.
    enum class Part : std::uint8_t { rows, files };
    Kind kind;
    std::size_t some = 0;
    std::size_t of = 0;
    double share = 0;  ///< of steal: the median over these trials
    Lens lens = Lens::capacity;
    std::string entrant = {};  ///< whose part was not counted; who has one pair
    Part part = Part::rows;
    std::string why = {};  ///< of the first trial; no full stop
    friend bool operator==(const Caveat&, const Caveat&) = default;
};

/// Whether blocks differ in the ratio of goodput entrant ÷ baseline, within levels. What is not known is
/// empty.
struct BlockEffect {
    std::string entrant;
    std::optional<double> first_ratio;  ///< ratio in the first block ÷ that in the others
    std::optional<double> first_low;    ///< 95 % interval
    std::optional<double> first_high;
    std::optional<double> first_p;  ///< of no difference between the first block and the others
    std::optional<double> any_p;    ///< of no difference between any blocks
    friend bool operator==(const BlockEffect&, const BlockEffect&) = default;
};

/// What this host could tell apart in the blocks of this run, by the interval of the ratio of the baseline to
/// itself; shares (0.03: from 1 / 1.03 to 1.03).
struct HostFloor {
    Quantity quantity = Quantity::goodput;
    double half_width = 0;   ///< half of the interval's width
    double floor = 0;        ///< the same, or, where it leaves out 1, how far from 1 its far end is
    bool different = false;  ///< it leaves out 1
    friend bool operator==(const HostFloor&, const HostFloor&) = default;
};

/// The universal scalability law X(N) = gamma N / (1 + alpha (N - 1) + beta N (N - 1)) of goodput over users,
/// with 95 % bootstrap intervals (where every level has repeats).
struct ScalabilityLaw {
    Estimate gamma;                      ///< goodput of one user, per second
    Estimate alpha;                      ///< contention: the share of work that is done one at a time
    Estimate beta;                       ///< what users cost one another pairwise
    std::optional<Estimate> peak_users;  ///< within the measured levels only
    std::optional<Estimate> peak_rps;
    friend bool operator==(const ScalabilityLaw&, const ScalabilityLaw&) = default;
};

/// Why no law is told.
enum class NoLaw : std::uint8_t {
    few_rising_levels,  ///< fewer than three levels below 90 % of the largest goodput
    no_rise,            ///< goodput hardly rises from the lowest level on, so nothing tells that of one user
    no_fit,             ///< no law comes near the goodput
};
/// "few_rising_levels", "no_rise", "no_fit": as in the JSON.
std::string_view name(NoLaw reason);

/// How the goodput of one entrant goes with the number of users (closed model).
struct Capacity {
    std::string entrant;
    std::optional<ScalabilityLaw> law;
    std::optional<NoLaw> not_identified;  ///< in its place
    friend bool operator==(const Capacity&, const Capacity&) = default;
};

/// Where the time of an operation goes: of the contender, but for the database's CPU and what its sessions
/// with the database waited for.
enum class TimePart : std::uint8_t {
    user_cpu,
    system_cpu,
    database_cpu,
    run_delay,
    lock_wait,     ///< for a lock that another session has
    log_wait,      ///< for the write-ahead log to be written or durable
    storage_wait,  ///< for other files of the database
    rest
};
inline constexpr std::array k_time_parts{TimePart::user_cpu,     TimePart::system_cpu, TimePart::database_cpu,
                                         TimePart::run_delay,    TimePart::lock_wait,  TimePart::log_wait,
                                         TimePart::storage_wait, TimePart::rest};
/// "user_cpu", …: as in the JSON.
std::string_view name(TimePart part);

/// Time per operation of an entrant and of the baseline, and the difference: means over levels of the means
/// over their pairs, in microseconds.
struct TimeDifference {
    double entrant_us = 0;
    double baseline_us = 0;
    /// Entrant less baseline; 95 % interval from the scatter within levels, from three pairs on. Never cut at
    /// 0.
    Estimate difference_us;
    friend bool operator==(const TimeDifference&, const TimeDifference&) = default;

    /// The interval leaves out 0.
    [[nodiscard]] bool certain() const {
        return difference_us.low && difference_us.high && (*difference_us.low > 0 || *difference_us.high < 0);
    }
};

/// What an operation caused, of an entrant and of the baseline: means over levels of the means over pairs.
struct WorkOfBoth {
    double entrant = 0;
    double baseline = 0;
    friend bool operator==(const WorkOfBoth&, const WorkOfBoth&) = default;

    /// One is more than 1.5 times the other.
    [[nodiscard]] bool differs() const {
        constexpr double k_ratio = 1.5;
        return std::max(entrant, baseline) > k_ratio * std::min(entrant, baseline);
    }
};

/// Why the goodput of an entrant differs from the baseline's: closed model, where 1 ÷ goodput is the time of
/// an operation, over the levels at which neither is invalid, and each was busy or known to wait for a lock
/// or the log. Parts that pass at the same time overlap, so that the rest may be negative. A part that is not
/// known of every pair is left out.
struct Why {
    std::string entrant;
    std::string baseline;
    int pairs = 0;
    TimeDifference total;
    std::map<TimePart, TimeDifference> parts;
    std::map<Quantity, WorkOfBoth> work = {};  ///< of k_why_quantities those that every pair knows
    friend bool operator==(const Why&, const Why&) = default;
};

/// How far a run has come that is judged once and lacks planned pairs. A pair is here all entrants at one
/// level in one block.
struct Unfinished {
    int blocks = 0;  ///< that are whole
    int planned_blocks = 0;
    int pairs = 0;  ///< that are whole
    int planned_pairs = 0;
    friend bool operator==(const Unfinished&, const Unfinished&) = default;
};

struct Comparison {
    std::vector<std::string> entrants;  ///< their labels, in the benchmark's order
    std::string baseline;
    LoadModel load_model = LoadModel::closed;
    double margin = 0;  ///< of practical equivalence as asked, each side of 1; a ratio has its own
    std::vector<std::int64_t> levels;         ///< with at least one trial
    int blocks = 0;                           ///< that have at least one trial
    std::vector<Judgement> trial_judgements;  ///< one for each trial, in the order given
    std::vector<Cell> cells;                  ///< by level, then by entrant
    /// By quantity, then entrant other than the baseline: levels, then all together (level empty).
    std::vector<PairedRatio> ratios;
    std::optional<EqualRate> equal_rate;       ///< where there are such trials
    std::optional<NoEqualRate> no_equal_rate;  ///< where there could be, and are none
    /// The entrant that is the baseline's contender once more, with the same variant: it shows what this host
    /// could tell apart. Never ranked, never the winner; empty without one.
    std::optional<std::string> again;
    std::vector<HostFloor> floors;           ///< of the compared quantities, where there is such an entrant
    bool one_look = true;                    ///< judged once, after a fixed number of blocks
    std::optional<Unfinished> unfinished;    ///< only where it is judged once
    std::vector<BlockEffect> block_effects;  ///< one for each entrant but the baseline, from two blocks on
    std::vector<Capacity> capacities;        ///< closed model, from two levels on
    std::vector<Why> whys;                   ///< closed model, where there is a pair
    std::vector<BreakingPoint> breaking_points;
    std::vector<Plateau> plateaus;
    std::vector<Scatter> scatters;             ///< of each contender that has enough trials to tell
    std::vector<SpeedScatter> speed_scatters;  ///< likewise, then of all together
    std::vector<PlacedIncident> incidents;
    std::vector<Caveat> caveats;
    std::vector<Lint> lints;  ///< in the order of their kinds
    /// The entrant that won overall: valid, and faster than every other; empty when no such statement can
    /// be made.
    std::optional<std::string> winner;
    Measured winner_measured = Measured::work;  ///< what it won by, where there is one

    /// The cell, or null where no trial was run.
    [[nodiscard]] const Cell* cell(const std::string& entrant, std::int64_t level) const;
    /// The ratio of an entrant at a level, or over all levels (empty level); null for the baseline.
    [[nodiscard]] const PairedRatio* ratio(Quantity quantity, const std::string& entrant,
                                           std::optional<std::int64_t> level) const;
    /// The ratios over all levels, one for each entrant but the baseline and the baseline again.
    [[nodiscard]] std::vector<PairedRatio> pooled(Quantity quantity) const;
    [[nodiscard]] const HostFloor* floor(Quantity quantity) const;
};

/// Whether the cell is not to be ranked.
inline bool invalid(const Cell& cell) {
    return cell.judgement.validity == Validity::invalid;
}

/// Whether no trial of the cell can be in a ratio.
inline bool in_no_ratio(const Cell& cell) {
    return cell.barred || cell.trials_that_count == 0;
}

/// Whether a rule doubts the cell's figures of that kind, or voids those of some trials. What only bounds
/// them marks them otherwise ("≥").
inline bool doubtful(const Cell& cell, Aspect aspect) {
    return has_effect(cell.judgement.findings, Effect::doubts, aspect) ||
           has_effect(cell.judgement.findings, Effect::voids, aspect);
}

}  // namespace joust::model
