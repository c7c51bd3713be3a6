#pragma once

#include <span>
#include <vector>

#include "model/benchmark.hpp"
#include "model/plan.hpp"
#include "model/trial_result.hpp"

namespace joust::analysis {

/// The trials that come next after `finished`, in the order of running; empty: the experiment is over. What
/// is left of a block that was begun comes first, so that a run that was interrupted goes on where it ended;
/// then whole blocks, up to the least number that the benchmark asks for, then the
/// trials at an equal rate where it asks for them. A function of its arguments alone:
/// the same seed and the same results give the same plan.
std::vector<model::PlannedTrial> next_trials(const model::Benchmark& benchmark,
                                             std::span<const model::TrialResult> finished);

}  // namespace joust::analysis
