#include "statistics/judge.hpp"

#include <cmath>
#include <vector>

namespace joust::statistics {
namespace {

using stats::Outcome;

constexpr double k_suspect_steal = 0.01;
constexpr double k_seen_by_the_original = 0.01;

int blocks_of(const Experiment& experiment) {
    return static_cast<int>(experiment.levels.front().size());
}

Judgement judged(const Experiment& experiment, double confidence) {
    const auto decision = stats::decide_steal(experiment.levels);
    const auto interval = decision->interval(confidence);
    return {.outcome = stats::outcome(interval), .interval = interval, .blocks = blocks_of(experiment)};
}

double log_ratio_of(const stats::PairPoint& pair) {
    return pair.log_ratio;
}

}  // namespace

Judgement at_once(const Experiment& experiment) {
    return judged(experiment, stats::k_confidence);
}

Judgement with_looks(const Experiment& experiment) {
    const int most = blocks_of(experiment);
    Judgement last;
    for (int blocks = 1; blocks <= most; ++blocks) {
        const auto look =
            stats::judged_by(blocks, blocks == most ? stats::RunState::over : stats::RunState::going_on);
        if (!look) continue;
        last = judged(first_blocks(experiment, blocks), look->confidence());
        if (last.outcome != Outcome::inconclusive) break;
    }
    return last;
}

Judgement with_naive_looks(const Experiment& experiment) {
    Judgement last;
    for (const stats::Look& look : stats::k_looks) {
        last = judged(first_blocks(experiment, look.blocks), stats::k_confidence);
        if (last.outcome != Outcome::inconclusive) break;
    }
    return last;
}

double sequential_p_of_all_looks(const Experiment& experiment) {
    std::vector<stats::LookResult> seen;
    for (const stats::Look& look : stats::k_looks) {
        const auto decision = stats::decide_steal(first_blocks(experiment, look.blocks).levels);
        seen.push_back({.look = look, .p_value = decision->p_value().value_or(1)});
    }
    return stats::sequential_p_value(seen).value_or(1);
}

Judgement without_adjustment(const Experiment& experiment) {
    const auto interval = stats::pooled_mean(experiment.levels)->interval(stats::k_confidence);
    return {.outcome = stats::outcome(interval), .interval = interval, .blocks = blocks_of(experiment)};
}

Judgement as_before(const Experiment& experiment) {
    std::vector<double> all;
    std::size_t suspect = 0;
    for (std::size_t level = 0; level < experiment.levels.size(); ++level)
        for (std::size_t pair = 0; pair < experiment.levels[level].size(); ++pair) {
            all.push_back(log_ratio_of(experiment.levels[level][pair]));
            if (experiment.worst_steal[level][pair] >= k_suspect_steal) ++suspect;
        }
    const auto interval = stats::pooled_mean(stats::NumbersByLevel{all})->interval(stats::k_confidence);
    const bool decides = 2 * suspect <= all.size();
    return {.outcome = decides ? stats::outcome(interval) : Outcome::inconclusive,
            .interval = interval,
            .blocks = blocks_of(experiment)};
}

Judgement as_the_original(const Experiment& experiment) {
    double mean = 0;
    for (const auto& level : experiment.levels)
        mean += level.front().log_ratio / static_cast<double>(experiment.levels.size());
    if (std::abs(mean) < k_seen_by_the_original) return {.outcome = Outcome::inconclusive, .blocks = 1};
    return {.outcome = mean > 0 ? Outcome::higher : Outcome::lower, .blocks = 1};
}

}  // namespace joust::statistics
