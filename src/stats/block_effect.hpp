#pragma once

#include <optional>

#include "stats/pooled_mean.hpp"

namespace joust::stats {

/// Whether blocks differ within levels. Two-sided p-values of no effect; empty where it cannot be known:
/// fewer than two blocks, no degree of freedom left, or pairs that do not scatter at all.
struct BlockEffect {
    std::optional<LogMean> first_block;  ///< log ratio of the first block less that of the others
    std::optional<double> first_p;       ///< t test of that, each level with its own variance
    std::optional<double> any_p;         ///< F test of the two-way layout, one variance over all levels
};

/// The first block is the lowest number of all pairs.
BlockEffect block_effect(const PairLevels& levels);

}  // namespace joust::stats
