#include "analysis/next_trials.hpp"

#include <algorithm>

#include "analysis/equal_rate.hpp"

namespace joust::analysis {

std::vector<model::PlannedTrial> next_trials(const model::Benchmark& benchmark,
                                             std::span<const model::TrialResult> finished) {
    const auto measured = [&](const model::PlannedTrial& planned) {
        return std::any_of(finished.begin(), finished.end(), [&](const model::TrialResult& trial) {
            return trial.plan.lens == planned.lens && trial.plan.block == planned.block &&
                   trial.plan.level == planned.level && trial.plan.entrant == planned.entrant;
        });
    };
    int first_index = 0;  // of the next trial: indices go on where an interrupted run stopped
    for (const model::TrialResult& trial : finished)
        first_index = std::max(first_index, trial.plan.index + 1);
    for (int block = 0; block < benchmark.experiment.blocks_min; ++block) {
        std::vector<model::PlannedTrial> left = plan_block(benchmark, block, first_index);
        left.erase(std::remove_if(left.begin(), left.end(), measured), left.end());
        for (std::size_t i = 0; i < left.size(); ++i)
            left[i].index = first_index + static_cast<int>(i);
        if (!left.empty()) return left;
    }
    return equal_rate_trials(benchmark, finished, first_index);
}

}  // namespace joust::analysis
