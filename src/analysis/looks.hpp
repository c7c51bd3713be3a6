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

/// The run is judged once: its number of blocks is fixed, or the largest one comes before the first look.
bool without_looks(const model::ExperimentSpec& experiment);

/// With looks, over as soon as the budget does not hold one more block of the levels that were measured last;
/// without a budget a run goes on until its blocks are there. Judged once, over when nothing comes next at
/// its levels: all planned pairs are there, or the budget does not hold the next. Neither depends on what was
/// measured.
stats::RunState state_of(const model::Benchmark& benchmark, const std::vector<model::TrialResult>& trials);

/// How far a run has come that is judged once and lacks pairs; empty where all are there, and with looks.
std::optional<model::Unfinished> unfinished(const model::Benchmark& benchmark,
                                            const std::vector<model::TrialResult>& trials);

/// Of a run with looks: its last block was begun, and a level that the last look has left open lacks it. A
/// level that was closed lacks it, too, so that the number of blocks alone does not tell.
bool within_last_block(const model::Benchmark& benchmark, const std::vector<model::TrialResult>& trials);

/// By what `blocks` finished blocks are judged. Where the run is judged once: all of them at 95 %, once it is
/// over, from the fourth block on; a plan of fewer has to be fixed, or all there. Else by the last look whose
/// blocks are there, or, in a run that is over or has its largest number of blocks, by the end. Empty before
/// that.
std::optional<stats::Look> look_at(const model::ExperimentSpec& experiment, int blocks,
                                   stats::RunState state = stats::RunState::going_on);

/// The finished blocks of all levels together, of those of each: a level that lags with just the blocks of a
/// look was stopped there, any other one is still running.
int blocks_of_all(std::span<const int> blocks_of_levels);

}  // namespace joust::analysis
