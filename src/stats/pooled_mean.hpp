#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <vector>

#include "stats/log_mean.hpp"
#include "stats/within_levels.hpp"

namespace joust::stats {

/// One pair of fresh processes, an entrant's and the baseline's: one observation, however long it is
/// measured.
struct PairPoint {
    double log_ratio;             ///< natural logarithm of entrant / baseline
    double steal_difference = 0;  ///< share of CPU time stolen from the entrant less that from the baseline
    bool went_first = false;      ///< whether the entrant did
    int block = 0;
};

/// The pairs of each level.
using PairLevels = std::vector<std::vector<PairPoint>>;

/// From as many degrees of freedom on (pairs less levels: twelve pairs of one level), which of the two went
/// first is estimated and taken out. With fewer its estimate costs more than the little that a balanced order
/// leaves.
inline constexpr std::size_t k_least_degrees_for_slot_effect = 11;

/// The mean of the levels' means. Its scatter is that within levels, each with its own variance
/// (WithinLevels); so how much the levels differ is no noise. Where every level has but one pair, the scatter
/// between levels is all there is. Empty without a pair; levels without one are left out.
std::optional<LogMean> pooled_mean(const NumbersByLevel& levels);

/// The same of pairs' log ratios, at an equal share of going first where that is estimated. Steal is not
/// looked at.
std::optional<LogMean> pooled_mean(const PairLevels& levels);

/// A least-squares fit of the log ratios within levels, with the effect of going first taken out where
/// pooled_mean does so.
WithinLevels within_levels(const PairLevels& levels);

/// Whether levels are repeats of one another for want of others: none has two pairs.
template <typename Pairs>
bool one_pair_a_level(const std::vector<Pairs>& levels) {
    return std::all_of(levels.begin(), levels.end(), [](const Pairs& level) { return level.size() <= 1; });
}
/// All numbers as those of one level.
NumbersByLevel together(const NumbersByLevel& levels);

/// One number of each pair, made by `of(pair)`.
template <typename Of>
NumbersByLevel numbers(const PairLevels& levels, const Of& of) {
    NumbersByLevel result;
    for (const std::vector<PairPoint>& level : levels) {
        result.emplace_back();
        for (const PairPoint& pair : level)
            result.back().push_back(of(pair));
    }
    return result;
}

}  // namespace joust::stats
