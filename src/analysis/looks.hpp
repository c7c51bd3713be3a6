#pragma once

#include <optional>
#include <span>

#include "model/benchmark.hpp"
#include "model/trial_result.hpp"
#include "stats/looks.hpp"

namespace joust::analysis {

/// The run has a fixed number of blocks and is judged once, at 95 %.
bool one_look(const model::ExperimentSpec& experiment);

/// Over as soon as the budget does not hold one more block of the levels that were measured last. Without a
/// budget a run goes on until its blocks are there.
stats::RunState state_of(const model::Benchmark& benchmark, std::span<const model::TrialResult> trials);

/// By what `blocks` finished blocks are judged: all of them at 95 % where there is one look; else the last
/// look whose blocks are there, or, in a run that is over or has its largest number of blocks, the end. Empty
/// before the first look.
std::optional<stats::Look> look_at(const model::ExperimentSpec& experiment, int blocks,
                                   stats::RunState state = stats::RunState::going_on);

/// The finished blocks of all levels together, of those of each: a level that lags with just the blocks of a
/// look was stopped there, any other one is still running.
int blocks_of_all(std::span<const int> blocks_of_levels);

}  // namespace joust::analysis
