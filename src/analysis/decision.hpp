#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "analysis/pairs.hpp"
#include "model/benchmark.hpp"
#include "model/comparison.hpp"
#include "stats/looks.hpp"

namespace joust::analysis {

/// What there is of two sides at one level.
struct LevelPairs {
    std::int64_t level = 0;
    bool one_invalid = false;        ///< one of the two is, at that level; pairs in which neither is count
    bool one_barred = false;         ///< one of the two is (model::Cell): no pair of that level counts
    std::vector<BlockPairs> blocks;  ///< those in which both ran, in rising order
};

/// What they are judged by. The experiment outlives it.
struct Terms {
    model::Quantity quantity = model::Quantity::goodput;
    double margin = 0;  ///< of practical equivalence
    /// Where the baseline was told from itself: how far it was from 1. Nothing is decided up to it.
    std::optional<double> floor = {};
    const model::ExperimentSpec& experiment;
    stats::RunState state = stats::RunState::going_on;
    bool within_last_block = false;  ///< open levels lack it: the levels together have one block less
};

/// The decision that every ratio of a report comes from, on plain pairs, so that simulations judge by the
/// same one: ratios(), without the names of the two sides. In the order of the levels; all of them last.
std::vector<model::PairedRatio> decisions(const std::vector<LevelPairs>& levels, const Terms& terms);
/// The last of these.
model::PairedRatio pooled_decision(const std::vector<LevelPairs>& levels, const Terms& terms);

}  // namespace joust::analysis
