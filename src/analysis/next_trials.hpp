#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "model/benchmark.hpp"
#include "model/comparison.hpp"
#include "model/plan.hpp"
#include "model/trial_result.hpp"

namespace joust::analysis {

/// What is made of the trials at a look: compare(), or what a test says instead.
using Look = std::function<model::Comparison(const model::Benchmark& benchmark,
                                             const std::vector<model::TrialResult>& trials)>;

/// The trials that come next after `finished`, in the order of running; empty: the experiment is over. What
/// is left of a block that was begun comes first, so that a run that was interrupted goes on where it ended;
/// a pair of which only some trials were finished is measured anew, as its next attempt. Then the next block,
/// up to the least number that the benchmark asks for, and from there on, up to the largest, of those levels
/// that the last look has left open. After the last of them come the
/// pairs at an equal rate where the benchmark asks for it. A budget ends it before the first block that does
/// not fit, and within a block before the first pair. A function of its arguments alone: the same seed and
/// the same results give the same plan.
std::vector<model::PlannedTrial> next_trials(const model::Benchmark& benchmark,
                                             const std::vector<model::TrialResult>& finished,
                                             const Look& look);
std::vector<model::PlannedTrial> next_trials(const model::Benchmark& benchmark,
                                             const std::vector<model::TrialResult>& finished);

/// What of these comes next at the levels of a run that is judged once (without_looks()): no look decides on
/// it.
std::vector<model::PlannedTrial> next_at_levels(const model::Benchmark& benchmark,
                                                const std::vector<model::TrialResult>& finished);

/// Whether nothing comes next at the levels of a run with looks, but for its budget.
bool all_blocks_there(const model::Benchmark& benchmark, const std::vector<model::TrialResult>& finished);

/// Those at the benchmark's own levels, without those at an equal rate.
std::vector<model::TrialResult> those_at_levels(const std::vector<model::TrialResult>& finished);

/// The levels at which, in that block, all entrants were measured in one attempt; in the benchmark's order.
std::vector<std::int64_t> whole_levels(const model::Benchmark& benchmark,
                                       const std::vector<model::TrialResult>& finished, int block);

/// Those of `levels` that deserve further blocks: some ratio of goodput to the baseline is neither certain
/// (faster, slower, equivalent, invalid) nor known to within the margin. Where none is left but the ratio
/// over all levels is open, all of them. The baseline's own second entry is not asked where there are others.
std::vector<std::int64_t> open_levels(const model::Comparison& comparison, const model::Benchmark& benchmark,
                                      const std::vector<std::int64_t>& levels);

}  // namespace joust::analysis
