#pragma once

#include <optional>
#include <span>
#include <vector>

#include "analysis/cell.hpp"
#include "model/benchmark.hpp"
#include "model/comparison.hpp"
#include "model/plan.hpp"

namespace joust::analysis {

/// The rate at which entrants are compared after the last block: half of the capacity of the slowest, rounded
/// down, in requests per second. An entrant's capacity is the largest mean goodput that it has at any level,
/// over trials that are not invalid. Empty where one has none, or where a window at that rate would not hold
/// as many operations as a valid trial needs, and a tenth more.
std::optional<std::int64_t> common_rate(const model::Benchmark& benchmark,
                                        std::span<const model::TrialResult> finished);

/// The next pair of trials at an equal rate; none where the benchmark has none (has_equal_rate), there is no
/// common rate,
/// as many pairs are whole as the benchmark has blocks at the least, or the budget does not hold one more.
/// Trials at an equal rate that are finished say what the rate is; a pair of which only some are finished is
/// measured anew, as its next attempt.
std::vector<model::PlannedTrial> equal_rate_trials(const model::Benchmark& benchmark,
                                                   std::span<const model::TrialResult> finished);

/// What the trials at an equal rate among `judged`, those of `finished`, say; empty where there are none.
/// They are judged once all pairs are there for which the budget has room.
std::optional<model::EqualRate> equal_rate(const std::vector<JudgedTrial>& judged,
                                           const model::Benchmark& benchmark,
                                           std::span<const model::TrialResult> finished);

/// Why there is no trial at an equal rate among `finished`. Empty where there is one, where nothing
/// was measured or nobody is compared, and for an open load, which is the same for all anyway.
std::optional<model::NoEqualRate> no_equal_rate(const model::Benchmark& benchmark,
                                                std::span<const model::TrialResult> finished);

}  // namespace joust::analysis
