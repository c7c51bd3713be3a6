#pragma once

#include <array>
#include <optional>
#include <span>

namespace joust::stats {

/// A look at a running experiment: after `blocks` blocks a verdict may be given by a p-value below `p`.
struct Look {
    int blocks;
    double p;

    /// Of the interval that belongs to the look, by which it also calls two equivalent: 1 - p.
    double confidence() const { return 1 - p; }
    friend bool operator==(const Look&, const Look&) = default;
};

/// The error that all looks together may make: two that are alike are called different.
inline constexpr double k_overall_level = 0.05;
/// The boundaries of the group-sequential t test; their error was simulated (bench/statistics). There is none
/// before the fourth block, where a drift alone would decide too often.
inline constexpr std::array<Look, 5> k_looks{{{4, 0.001}, {6, 0.004}, {8, 0.010}, {10, 0.018}, {12, 0.026}}};

/// The latest look that `blocks` finished blocks have reached; empty below four.
std::optional<Look> last_look(int blocks);

/// Whether a run goes on, and then only a look's own number of blocks decides, or is over.
enum class RunState { going_on, over };

/// What `blocks` finished blocks may be judged by. A run that goes on: the look of exactly so many blocks.
/// One that is over, by its budget or its largest number of blocks: the last of all looks, whose error no
/// earlier look has spent, on all of its blocks. Empty between looks, and below four blocks.
std::optional<Look> judged_by(int blocks, RunState state);

/// What a look saw.
struct LookResult {
    Look look;
    double p_value;
};

/// The smallest overall level at which one of these looks would have stopped the run as different, with the
/// looks' boundaries in proportion to that level: the smallest of p_value / look.p, times 0.05, at most 1. So
/// it is below 0.05 exactly when a look decided. Empty without a look.
std::optional<double> sequential_p_value(std::span<const LookResult> looks);

}  // namespace joust::stats
