#include "statistics/world.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace joust::statistics {
namespace {

constexpr int k_window_seconds = 7;
constexpr int k_pause_seconds = 5;
constexpr double k_most_steal = 0.45;
constexpr double k_least_left = 0.1;  // of goodput, however much is stolen
constexpr double k_drift = 0.30;
constexpr double k_step = 0.20;
constexpr double k_autocorrelation = 0.7;

// What one host does from trial to trial of a run.
class Host {
public:
    Host(const World& world, int trials, Random& random)
        : world_(world),
          random_(random),
          trials_(trials),
          step_at_(static_cast<int>(uniform_below(random, static_cast<std::uint64_t>(trials)))),
          sluggish_(normal(random)),
          steal_(normal(random)) {}

    // The logarithm that the next trial's goodput deviates by, steal apart; `spread` is that of a pair's
    // ratio.
    double deviation(double spread, bool entrant) {
        const double by = scatter(spread / std::numbers::sqrt2, spread, entrant) + trend();
        ++trial_;
        return by;
    }

    // Mean share of a trial's window that is stolen.
    double stolen() {
        if (world_.steal.median == 0) return 0;
        double sum = 0;
        for (int second = 0; second < k_window_seconds + k_pause_seconds; ++second) {
            const double share = next_steal();
            if (second < k_window_seconds) sum += share;
        }
        return sum / k_window_seconds;
    }

private:
    double scatter(double of_trial, double of_pair, bool entrant) {
        switch (world_.noise) {
            case Noise::sluggish:
                sluggish_ = k_autocorrelation * sluggish_ +
                            std::sqrt(1 - k_autocorrelation * k_autocorrelation) * normal(random_);
                return of_trial * sluggish_;
            case Noise::heavy:
                return of_trial * t_with_3_degrees() / std::numbers::sqrt3;
            case Noise::outliers:
                return of_trial * normal(random_) * (uniform_below(random_, 20) == 0 ? 5 : 1);
            case Noise::one_sided:
                return of_pair / std::sqrt(10.0) * normal(random_) * (entrant ? 3 : 1);
            default:
                return of_trial * normal(random_);
        }
    }

    double trend() const {
        if (world_.noise == Noise::drift) return std::log(1 - k_drift * trial_ / trials_);
        if (world_.noise == Noise::step && trial_ >= step_at_) return std::log(1 - k_step);
        return 0;
    }

    double t_with_3_degrees() {
        double squares = 0;
        for (int i = 0; i < 3; ++i) {
            const double one = normal(random_);
            squares += one * one;
        }
        return normal(random_) / std::sqrt(squares / 3);
    }

    double next_steal() {
        const double kept = std::exp(-1 / world_.steal.seconds);
        steal_ = kept * steal_ + std::sqrt(1 - kept * kept) * normal(random_);
        return std::min(k_most_steal, world_.steal.median * std::exp(world_.steal.sigma * steal_));
    }

    const World& world_;
    Random& random_;
    int trials_;
    int trial_ = 0;
    int step_at_;
    double sluggish_;
    double steal_;
};

// Whether the entrant goes first, by block: of two blocks that follow each other, in one.
std::vector<bool> balanced_order(int blocks, Random& random) {
    std::vector<bool> order;
    for (int block = 0; block < blocks; ++block)
        order.push_back(block % 2 == 0 ? uniform_below(random, 2) == 0 : !order.back());
    return order;
}

struct Trial {
    double log_goodput;
    double stolen;
};

struct Slot {
    std::size_t level;
    bool entrant;
    bool first;  // of its pair
};

// How many times the stolen share of its goodput a contender loses at a level.
double sensitivity(const Steal& steal, bool entrant, std::size_t level) {
    const double of_contender = entrant ? steal.of_entrant : steal.of_baseline;
    return of_contender * (steal.of_levels.empty() ? 1 : steal.of_levels[level]);
}

// The logarithm of goodput's share that such steal leaves.
double log_left(double sensitivity, double stolen) {
    return std::log(std::max(k_least_left, 1 - sensitivity * stolen));
}

Trial trial_in(const Slot& slot, const World& world, Host& host) {
    const double stolen = host.stolen() + (slot.entrant ? world.steal.entrants_own : 0);
    const double suffers = sensitivity(world.steal, slot.entrant, slot.level);
    return {.log_goodput = host.deviation(world.spreads[slot.level], slot.entrant) +
                           log_left(suffers, stolen) + (slot.entrant ? world.log_ratios[slot.level] : 0) -
                           (slot.first ? 0 : world.slot_effect),
            .stolen = stolen};
}

// The slots of a block in their order of time; `entrant_first` by level.
std::vector<Slot> slots_of_block(const World& world, const std::vector<bool>& entrant_first) {
    std::vector<Slot> slots;
    for (std::size_t level = 0; level < entrant_first.size(); ++level) {
        const bool entrant = world.one_after_the_other || entrant_first[level];
        slots.push_back({.level = level, .entrant = entrant, .first = true});
        slots.push_back({.level = level, .entrant = !entrant, .first = false});
    }
    if (world.one_after_the_other)
        std::stable_partition(slots.begin(), slots.end(), [](const Slot& slot) { return slot.entrant; });
    return slots;
}

struct PairOfTrials {
    Trial entrant;
    Trial baseline;
};

double truth_at(const World& world, double steal) {
    double sum = 0;
    for (std::size_t level = 0; level < world.log_ratios.size(); ++level)
        sum += world.log_ratios[level] + log_left(sensitivity(world.steal, true, level), steal) -
               log_left(sensitivity(world.steal, false, level), steal);
    return sum / static_cast<double>(world.log_ratios.size());
}

// As large a share of all pairs as the world says, whichever the draw takes.
void doubt_some(Experiment& experiment, const World& world, Random& random) {
    std::vector<std::pair<std::size_t, std::size_t>> places;
    for (std::size_t level = 0; level < experiment.levels.size(); ++level)
        for (std::size_t pair = 0; pair < experiment.levels[level].size(); ++pair)
            places.emplace_back(level, pair);
    shuffle(places, random);
    places.resize(static_cast<std::size_t>(std::lround(world.doubted * static_cast<double>(places.size()))));
    for (const auto& [level, pair] : places) {
        experiment.circumstances[level][pair].doubted = true;
        experiment.levels[level][pair].log_ratio += world.doubted_bias;
    }
}

void void_some(Experiment& experiment, const World& world, Random& random) {
    for (std::vector<Circumstances>& level : experiment.circumstances)
        for (Circumstances& pair : level)
            pair.voided = uniform_open(random) < world.voided;
}

}  // namespace

double normal(Random& random) {
    const double radius = std::sqrt(-2 * std::log(uniform_open(random)));
    return radius * std::cos(2 * std::numbers::pi * uniform_open(random));
}

Experiment drawn(const World& world, Random& random) {
    const std::size_t levels = world.spreads.size();
    const int trials = 2 * world.blocks * static_cast<int>(levels);
    Host host(world, trials, random);
    std::vector<std::vector<bool>> orders(levels);  // by level
    for (std::vector<bool>& order : orders)
        order = balanced_order(world.blocks, random);
    Experiment experiment{.levels = stats::PairLevels(levels),
                          .circumstances = std::vector<std::vector<Circumstances>>(levels)};
    double stolen = 0;
    for (int block = 0; block < world.blocks; ++block) {
        std::vector<bool> entrant_first;
        for (const std::vector<bool>& order : orders)
            entrant_first.push_back(world.one_after_the_other || order[static_cast<std::size_t>(block)]);
        std::vector<PairOfTrials> pairs(levels);
        for (const Slot& slot : slots_of_block(world, entrant_first))
            (slot.entrant ? pairs[slot.level].entrant : pairs[slot.level].baseline) =
                trial_in(slot, world, host);
        for (std::size_t level = 0; level < levels; ++level) {
            const auto& [entrant, baseline] = pairs[level];
            experiment.levels[level].push_back({.log_ratio = entrant.log_goodput - baseline.log_goodput,
                                                .steal_difference = entrant.stolen - baseline.stolen,
                                                .went_first = entrant_first[level],
                                                .block = block});
            experiment.circumstances[level].push_back(
                {.steal_of_entrant = entrant.stolen, .steal_of_baseline = baseline.stolen, .doubted = false});
            stolen += entrant.stolen + baseline.stolen;
        }
    }
    if (world.doubted > 0) doubt_some(experiment, world, random);
    if (world.voided > 0) void_some(experiment, world, random);
    experiment.truth = truth_at(world, stolen / trials);
    return experiment;
}

}  // namespace joust::statistics
