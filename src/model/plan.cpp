#include "model/plan.hpp"

#include <algorithm>

#include "base/random.hpp"

namespace joust::model {

namespace {

// Of all entrants at one level; `what` names the draw, so that it is another for each level.
std::vector<PlannedTrial> in_order(const Benchmark& benchmark, const PlannedTrial& first,
                                   const std::string& what) {
    std::vector<std::string> order = labels(benchmark);
    Random random = random_for(benchmark.experiment.seed, fmt::format("order {} {}", first.block / 2, what));
    shuffle(order, random);
    if (first.block % 2 == 1) std::reverse(order.begin(), order.end());
    std::vector<PlannedTrial> trials;
    for (const std::string& label : order) {
        PlannedTrial& trial = trials.emplace_back(first);
        trial.position = static_cast<int>(trials.size()) - 1;
        trial.index += trial.position;
        trial.entrant = label;
    }
    return trials;
}

}  // namespace

std::vector<PlannedTrial> plan_block(const Benchmark& benchmark, int block, int first_index) {
    std::vector<PlannedTrial> trials;
    for (const std::int64_t level : benchmark.load.levels)
        for (PlannedTrial& trial : in_order(
                 benchmark,
                 {.index = first_index + static_cast<int>(trials.size()), .block = block, .level = level},
                 std::to_string(level)))
            trials.push_back(std::move(trial));
    return trials;
}

std::vector<PlannedTrial> plan_equal_rate(const Benchmark& benchmark, std::int64_t rate, int block,
                                          int first_index) {
    return in_order(benchmark,
                    {.index = first_index, .block = block, .level = rate, .lens = Lens::equal_rate},
                    "equal_rate");
}

std::string_view name(Lens lens) {
    return lens == Lens::capacity ? "capacity" : "equal_rate";
}

LoadModel load_model_of(const Benchmark& benchmark, const PlannedTrial& plan) {
    return plan.lens == Lens::capacity ? benchmark.load.model : LoadModel::open;
}

std::int64_t planned_trials(const Benchmark& benchmark, int blocks) {
    const auto entrants = static_cast<std::int64_t>(benchmark.entrants.size());
    const auto levels = static_cast<std::int64_t>(benchmark.load.levels.size());
    const int at_equal_rate = benchmark.experiment.equal_rate ? benchmark.experiment.blocks_min : 0;
    return entrants * (levels * blocks + at_equal_rate);
}

PlannedTime planned_time(const Benchmark& benchmark, int blocks, Nanoseconds per_trial) {
    const std::int64_t trials = planned_trials(benchmark, blocks);
    const Nanoseconds fixed = benchmark.load.duration + per_trial;
    return {trials * (fixed + benchmark.load.warmup_min), trials * (fixed + benchmark.load.warmup_max)};
}

}  // namespace joust::model
