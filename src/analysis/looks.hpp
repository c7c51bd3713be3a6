#pragma once

#include <optional>
#include <span>
#include <vector>

#include "model/benchmark.hpp"
#include "model/comparison.hpp"
#include "model/trial_result.hpp"
#include "stats/looks.hpp"

namespace joust::analysis {

/// The run has a fixed number of blocks and is judged once, at 95 %, when it is over.
bool one_look(const model::ExperimentSpec& experiment);

/// With looks, over as soon as the budget does not hold one more block of the levels that were measured last;
/// without a budget a run goes on until its blocks are there. With one look, over when nothing comes next at
/// its levels: all planned pairs are there, or the budget does not hold the next. Neither depends on what was
/// measured.
stats::RunState state_of(const model::Benchmark& benchmark, const std::vector<model::TrialResult>& trials);

/// How far a run with one look has come that goes on; empty where it is over, and with looks.
std::optional<model::Unfinished> unfinished(const model::Benchmark& benchmark,
                                            const std::vector<model::TrialResult>& trials);

/// By what `blocks` finished blocks are judged: all of them at 95 % where there is one look, once the run is
/// over; else the last look whose blocks are there, or, in a run that is over or has its largest number of
/// blocks, the end. Empty before that.
std::optional<stats::Look> look_at(const model::ExperimentSpec& experiment, int blocks,
                                   stats::RunState state = stats::RunState::going_on);

/// The finished blocks of all levels together, of those of each: a level that lags with just the blocks of a
/// look was stopped there, any other one is still running.
int blocks_of_all(std::span<const int> blocks_of_levels);

}  // namespace joust::analysis
