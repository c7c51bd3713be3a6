#include "model/plan.hpp"

#include <algorithm>

#include "base/random.hpp"

namespace joust::model {

std::vector<PlannedTrial> plan_block(const Benchmark& benchmark, int block, int first_index) {
    std::vector<PlannedTrial> trials;
    for (const std::int64_t level : benchmark.load.levels)
        for (PlannedTrial& trial :
             plan_level(benchmark, block, level, first_index + static_cast<int>(trials.size())))
            trials.push_back(std::move(trial));
    return trials;
}

std::vector<PlannedTrial> plan_level(const Benchmark& benchmark, int block, std::int64_t level,
                                     int first_index) {
    std::vector<std::string> order = labels(benchmark);
    Random random = random_for(benchmark.experiment.seed, fmt::format("order {} {}", block / 2, level));
    shuffle(order, random);
    if (block % 2 == 1) std::reverse(order.begin(), order.end());
    std::vector<PlannedTrial> trials;
    for (const std::string& label : order) {
        const int position = static_cast<int>(trials.size());
        trials.push_back({first_index + position, block, level, position, label});
    }
    return trials;
}

PlannedTime planned_time(const Benchmark& benchmark, int blocks, Nanoseconds per_trial) {
    const auto trials = static_cast<std::int64_t>(blocks) *
                        static_cast<std::int64_t>(benchmark.load.levels.size()) *
                        static_cast<std::int64_t>(benchmark.entrants.size());
    const Nanoseconds fixed = benchmark.load.duration + per_trial;
    return {trials * (fixed + benchmark.load.warmup_min), trials * (fixed + benchmark.load.warmup_max)};
}

PlannedRun planned_run(const Benchmark& benchmark, Nanoseconds per_trial) {
    const ExperimentSpec& experiment = benchmark.experiment;
    const auto trials = [&](int blocks) {
        return blocks * static_cast<int>(benchmark.load.levels.size() * benchmark.entrants.size());
    };
    const int most = last_block(experiment);
    PlannedTime time{planned_time(benchmark, experiment.blocks_min, per_trial).least,
                     planned_time(benchmark, most, per_trial).most};
    if (experiment.budget)
        time = {std::min(time.least, *experiment.budget), std::min(time.most, *experiment.budget)};
    return {trials(experiment.blocks_min), trials(most), time};
}

}  // namespace joust::model
