#include "model/plan.hpp"

#include <algorithm>

#include "base/random.hpp"

namespace joust::model {
namespace {

constexpr double k_requests_of_half_a_window = 200;  // twice as many as a valid trial needs

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
        for (PlannedTrial& trial :
             plan_level(benchmark, block, level, first_index + static_cast<int>(trials.size())))
            trials.push_back(std::move(trial));
    return trials;
}

std::vector<PlannedTrial> plan_level(const Benchmark& benchmark, int block, std::int64_t level,
                                     int first_index) {
    return in_order(benchmark, {.index = first_index, .block = block, .level = level}, std::to_string(level));
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

Nanoseconds window_of(const Benchmark& benchmark, const PlannedTrial& plan) {
    const Nanoseconds whole = benchmark.load.duration;
    if (plan.lens == Lens::capacity) return whole;
    const bool half_will_do =
        static_cast<double>(plan.level) * seconds(whole / 2) >= k_requests_of_half_a_window;
    return half_will_do ? whole / 2 : whole;
}

PlannedTime planned_time(const Benchmark& benchmark, int blocks, Nanoseconds per_trial) {
    const auto entrants = static_cast<std::int64_t>(benchmark.entrants.size());
    const auto trials = entrants * blocks * static_cast<std::int64_t>(benchmark.load.levels.size());
    const Nanoseconds fixed = benchmark.load.duration + per_trial;
    PlannedTime time{trials * (fixed + benchmark.load.warmup_min),
                     trials * (fixed + benchmark.load.warmup_max)};
    if (benchmark.experiment.equal_rate) {
        const std::int64_t more = entrants * benchmark.experiment.blocks_min;
        time.least += more * (fixed - benchmark.load.duration / 2 + benchmark.load.warmup_min);
        time.most += more * (fixed + benchmark.load.warmup_max);
    }
    return time;
}

PlannedRun planned_run(const Benchmark& benchmark, Nanoseconds per_trial) {
    const ExperimentSpec& experiment = benchmark.experiment;
    const auto entrants = static_cast<int>(benchmark.entrants.size());
    const auto trials = [&](int blocks) {
        return entrants * (blocks * static_cast<int>(benchmark.load.levels.size()) +
                           (experiment.equal_rate ? experiment.blocks_min : 0));
    };
    const int most = last_block(experiment);
    PlannedTime time{planned_time(benchmark, experiment.blocks_min, per_trial).least,
                     planned_time(benchmark, most, per_trial).most};
    if (experiment.budget)
        time = {std::min(time.least, *experiment.budget), std::min(time.most, *experiment.budget)};
    return {trials(experiment.blocks_min), trials(most), time};
}

}  // namespace joust::model
