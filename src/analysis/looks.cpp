#include "analysis/looks.hpp"

#include <algorithm>

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

std::optional<stats::Look> look_at(const model::ExperimentSpec& experiment, int blocks) {
    const stats::Look only{.blocks = blocks, .p = stats::k_overall_level};
    if (one_look(experiment)) return only;
    const bool over = blocks >= experiment.blocks_max;
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
