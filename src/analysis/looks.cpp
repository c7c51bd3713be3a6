#include "analysis/looks.hpp"

#include <algorithm>
#include <set>
#include <vector>

#include "analysis/next_trials.hpp"
#include "model/measuring_time.hpp"

namespace joust::analysis {
namespace {

bool is_look(int blocks) {
    return std::any_of(stats::k_looks.begin(), stats::k_looks.end(),
                       [blocks](const stats::Look& look) { return look.blocks == blocks; });
}

}  // namespace

bool one_look(const model::ExperimentSpec& experiment) {
    return experiment.blocks_min == experiment.blocks_max;
}

stats::RunState state_of(const model::Benchmark& benchmark, const std::vector<model::TrialResult>& trials) {
    if (one_look(benchmark.experiment))
        return next_at_levels(benchmark, trials).empty() ? stats::RunState::over : stats::RunState::going_on;
    int last_block = 0;
    std::set<std::int64_t> levels;
    for (const model::TrialResult& trial : trials) {
        if (trial.plan.lens != model::Lens::capacity) continue;
        if (trial.plan.block > last_block) levels.clear();
        last_block = std::max(last_block, trial.plan.block);
        if (trial.plan.block == last_block) levels.insert(trial.plan.level);
    }
    const bool goes_on =
        model::fits_budget(benchmark, trials, std::vector<std::int64_t>(levels.begin(), levels.end()));
    return goes_on ? stats::RunState::going_on : stats::RunState::over;
}

std::optional<model::Unfinished> unfinished(const model::Benchmark& benchmark,
                                            const std::vector<model::TrialResult>& trials) {
    if (!one_look(benchmark.experiment) || state_of(benchmark, trials) == stats::RunState::over)
        return std::nullopt;
    const auto levels = static_cast<int>(benchmark.load.levels.size());
    model::Unfinished found{.planned_blocks = benchmark.experiment.blocks_min,
                            .planned_pairs = benchmark.experiment.blocks_min * levels};
    for (int block = 0; block < benchmark.experiment.blocks_min; ++block) {
        const auto pairs = static_cast<int>(whole_levels(benchmark, trials, block).size());
        found.pairs += pairs;
        found.blocks += pairs == levels ? 1 : 0;
    }
    return found;
}

std::optional<stats::Look> look_at(const model::ExperimentSpec& experiment, int blocks,
                                   stats::RunState state) {
    const stats::Look only{.blocks = blocks, .p = stats::k_overall_level};
    if (one_look(experiment)) return state == stats::RunState::over ? std::optional(only) : std::nullopt;
    const bool over = state == stats::RunState::over || blocks >= experiment.blocks_max;
    // No look comes before the end of so short a run, so nothing of the error was spent.
    if (experiment.blocks_max < stats::k_looks.front().blocks)
        return over ? std::optional(only) : std::nullopt;
    return over ? stats::judged_by(blocks, stats::RunState::over) : stats::last_look(blocks);
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
