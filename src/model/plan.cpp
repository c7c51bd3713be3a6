#include "model/plan.hpp"

#include <algorithm>

#include "base/random.hpp"

namespace joust::model {

std::vector<PlannedTrial> plan_block(const Benchmark& benchmark, int block, int first_index) {
    std::vector<PlannedTrial> trials;
    for (const std::int64_t level : benchmark.load.levels) {
        std::vector<std::string> order = labels(benchmark);
        Random random = random_for(benchmark.experiment.seed, fmt::format("order {} {}", block / 2, level));
        shuffle(order, random);
        if (block % 2 == 1) std::reverse(order.begin(), order.end());
        for (const std::string& label : order) {
            const int position = static_cast<int>(&label - order.data());
            trials.push_back({first_index + static_cast<int>(trials.size()), block, level, position, label});
        }
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

}  // namespace joust::model
