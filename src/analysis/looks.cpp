#include "analysis/looks.hpp"

#include <algorithm>
#include <set>
#include <vector>

#include "analysis/next_trials.hpp"
#include "model/measuring_time.hpp"

namespace joust::analysis {
namespace {

constexpr int k_first_look = stats::k_looks.front().blocks;

bool is_look(int blocks) {
    return std::any_of(stats::k_looks.begin(), stats::k_looks.end(),
                       [blocks](const stats::Look& look) { return look.blocks == blocks; });
}

// How many blocks a run that is judged once needs where it ends before all are there.
int least_blocks(const model::ExperimentSpec& experiment) {
    if (experiment.blocks_max >= k_first_look) return k_first_look;
    return one_look(experiment) ? 0 : experiment.blocks_max;
}

}  // namespace

bool one_look(const model::ExperimentSpec& experiment) {
    return experiment.blocks_min == experiment.blocks_max;
}

bool without_looks(const model::ExperimentSpec& experiment) {
    return one_look(experiment) || experiment.blocks_max < k_first_look;
}

stats::RunState state_of(const model::Benchmark& benchmark, const std::vector<model::TrialResult>& trials) {
    if (without_looks(benchmark.experiment))
        return next_at_levels(benchmark, trials).empty() ? stats::RunState::over : stats::RunState::going_on;
    // What follows at an equal rate takes of the budget, and ended nothing at the levels.
    const std::vector<model::TrialResult> at_levels = those_at_levels(trials);
    int last_block = 0;
    std::set<std::int64_t> levels;
    for (const model::TrialResult& trial : at_levels) {
        if (trial.plan.block > last_block) levels.clear();
        last_block = std::max(last_block, trial.plan.block);
        if (trial.plan.block == last_block) levels.insert(trial.plan.level);
    }
    const bool goes_on =
        model::fits_budget(benchmark, at_levels, std::vector<std::int64_t>(levels.begin(), levels.end()));
    return goes_on ? stats::RunState::going_on : stats::RunState::over;
}

std::optional<model::Unfinished> unfinished(const model::Benchmark& benchmark,
                                            const std::vector<model::TrialResult>& trials) {
    const model::ExperimentSpec& experiment = benchmark.experiment;
    if (!without_looks(experiment)) return std::nullopt;
    const auto levels = static_cast<int>(benchmark.load.levels.size());
    model::Unfinished found{.planned_blocks = experiment.blocks_max,
                            .planned_pairs = experiment.blocks_max * levels};
    for (int block = 0; block < experiment.blocks_max; ++block) {
        const auto pairs = static_cast<int>(whole_levels(benchmark, trials, block).size());
        found.pairs += pairs;
        found.blocks += pairs == levels ? 1 : 0;
    }
    return found.pairs == found.planned_pairs ? std::nullopt : std::optional(found);
}

bool within_last_block(const model::Benchmark& benchmark, const std::vector<model::TrialResult>& trials) {
    const model::ExperimentSpec& experiment = benchmark.experiment;
    const int last = model::last_block(experiment) - 1;
    const bool begun = std::any_of(trials.begin(), trials.end(), [&](const model::TrialResult& trial) {
        return trial.plan.lens == model::Lens::capacity && trial.plan.block == last;
    });
    return begun && !without_looks(experiment) && !all_blocks_there(benchmark, trials);
}

std::optional<stats::Look> look_at(const model::ExperimentSpec& experiment, int blocks,
                                   stats::RunState state) {
    const bool over = state == stats::RunState::over || blocks >= model::last_block(experiment);
    if (!without_looks(experiment))
        return over ? stats::judged_by(blocks, stats::RunState::over) : stats::last_look(blocks);
    // Judged once, so nothing of the error was spent before.
    const bool judged = one_look(experiment) ? state == stats::RunState::over : over;
    if (!judged || blocks < least_blocks(experiment)) return std::nullopt;
    return stats::Look{.blocks = blocks, .p = stats::k_overall_level};
}

int blocks_of_all(std::span<const int> blocks_of_levels) {
    const int most =
        blocks_of_levels.empty() ? 0 : *std::max_element(blocks_of_levels.begin(), blocks_of_levels.end());
    int finished = most;
    for (const int blocks : blocks_of_levels)
        if (!is_look(blocks)) finished = std::min(finished, blocks);
    return finished;
}

}  // namespace joust::analysis
