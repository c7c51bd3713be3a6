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
/// over trials that are not invalid. Empty where one has none, or where half of it is less than one.
std::optional<std::int64_t> common_rate(const model::Benchmark& benchmark,
                                        std::span<const model::TrialResult> finished);

/// The pairs of trials at an equal rate that are still to be measured, numbered from `first_index`; none
/// where the benchmark asks for none or there is no common rate. As many pairs as the benchmark has blocks at
/// the least. Trials at an equal rate that are finished say what the rate is.
std::vector<model::PlannedTrial> equal_rate_trials(const model::Benchmark& benchmark,
                                                   std::span<const model::TrialResult> finished,
                                                   int first_index);

/// What the trials at an equal rate among `judged` say; empty where there are none.
std::optional<model::EqualRate> equal_rate(const std::vector<JudgedTrial>& judged,
                                           const model::Benchmark& benchmark);

}  // namespace joust::analysis
