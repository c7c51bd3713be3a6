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

struct Trials {
    int at_levels = 0;
    int at_equal_rate = 0;
    [[nodiscard]] int all() const { return at_levels + at_equal_rate; }
};

// At an equal rate there are as many pairs as blocks at the least.
Trials trials_of(const Benchmark& benchmark, int blocks) {
    const auto entrants = static_cast<int>(benchmark.entrants.size());
    return {entrants * blocks * static_cast<int>(benchmark.load.levels.size()),
            has_equal_rate(benchmark) ? entrants * benchmark.experiment.blocks_min : 0};
}

PlannedTime time_of(const Benchmark& benchmark, const Trials& trials, Nanoseconds per_trial) {
    const LoadSpec& load = benchmark.load;
    const Nanoseconds fixed = load.duration + per_trial;
    return {trials.at_levels * (fixed + load.warmup_min) +
                trials.at_equal_rate * (fixed - load.duration / 2 + load.warmup_min),
            trials.all() * (fixed + load.warmup_max)};
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

bool has_equal_rate(const Benchmark& benchmark) {
    return benchmark.experiment.equal_rate && benchmark.entrants.size() > 1;
}

PlannedTime planned_time(const Benchmark& benchmark, int blocks, Nanoseconds per_trial) {
    return time_of(benchmark, trials_of(benchmark, blocks), per_trial);
}

PlannedRun planned_run(const Benchmark& benchmark, Nanoseconds per_trial, const MeasuredPart& done) {
    const ExperimentSpec& experiment = benchmark.experiment;
    const auto left_of = [&](int blocks) {
        const Trials all = trials_of(benchmark, blocks);
        return Trials{std::max(0, all.at_levels - done.trials_at_levels),
                      std::max(0, all.at_equal_rate - done.trials_at_equal_rate)};
    };
    const Trials fewest = left_of(fewest_blocks(experiment));
    const Trials most = left_of(last_block(experiment));
    PlannedTime time{time_of(benchmark, fewest, per_trial).least, time_of(benchmark, most, per_trial).most};
    if (experiment.budget) {
        const Nanoseconds budget = std::max(Nanoseconds{0}, *experiment.budget - done.time);
        time = {std::min(time.least, budget), std::min(time.most, budget)};
    }
    return {fewest.all(), most.all(), time};
}

}  // namespace joust::model
