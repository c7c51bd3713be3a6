#include "statistics/judge.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "analysis/decision.hpp"

namespace joust::statistics {
namespace {

using model::PairedRatio;
using model::Verdict;
using stats::Outcome;

constexpr double k_suspect_steal = 0.01;  // a trial with more is in doubt by steal (src/rules)
constexpr double k_seen_by_the_original = 0.01;

int blocks_of(const Experiment& experiment) {
    return static_cast<int>(experiment.levels.front().size());
}

bool looked_at_after(int blocks) {
    return std::any_of(stats::k_looks.begin(), stats::k_looks.end(),
                       [blocks](const stats::Look& look) { return look.blocks == blocks; });
}

// The first blocks of an experiment, as analysis has them.
std::vector<analysis::LevelPairs> level_pairs(const Experiment& experiment, int blocks) {
    std::vector<analysis::LevelPairs> levels;
    for (std::size_t at = 0; at < experiment.levels.size(); ++at) {
        analysis::LevelPairs& level = levels.emplace_back();
        level.level = static_cast<std::int64_t>(levels.size());
        for (std::size_t block = 0; block < static_cast<std::size_t>(blocks); ++block) {
            const Circumstances& beside = experiment.circumstances[at][block];
            if (beside.voided) {
                level.blocks.emplace_back();
                continue;
            }
            level.blocks.push_back(
                {.pairs = {{.point = experiment.levels[at][block],
                            .mine = {.by_rule = beside.doubted,
                                     .by_steal = beside.steal_of_entrant > k_suspect_steal},
                            .theirs = {.by_rule = false,
                                       .by_steal = beside.steal_of_baseline > k_suspect_steal}}},
                 .left_out = {}});
        }
    }
    return levels;
}

// A run of so many blocks that is judged once.
model::ExperimentSpec one_look(int blocks) {
    model::ExperimentSpec spec;
    spec.blocks_min = spec.blocks_max = blocks;
    return spec;
}

model::ExperimentSpec all_looks() {
    model::ExperimentSpec spec;
    spec.blocks_min = stats::k_looks.front().blocks;
    spec.blocks_max = stats::k_looks.back().blocks;
    return spec;
}

analysis::Terms terms_of(const model::ExperimentSpec& spec, stats::RunState state) {
    return {.quantity = model::Quantity::goodput, .margin = spec.margin, .experiment = spec, .state = state};
}

PairedRatio pooled(const Experiment& experiment, int blocks, const model::ExperimentSpec& spec,
                   stats::RunState state = stats::RunState::over) {
    return analysis::pooled_decision(level_pairs(experiment, blocks), terms_of(spec, state));
}

Outcome outcome_of(Verdict verdict) {
    switch (verdict) {
        case Verdict::faster:
            return Outcome::higher;
        case Verdict::slower:
            return Outcome::lower;
        case Verdict::equivalent:
            return Outcome::equivalent;
        case Verdict::inconclusive:
        case Verdict::invalid:
            break;
    }
    return Outcome::inconclusive;
}

Judgement judgement_of(const PairedRatio& ratio, int blocks) {
    Judgement judgement{.outcome = outcome_of(ratio.verdict), .interval = {}, .blocks = blocks};
    if (ratio.low && ratio.high)
        judgement.interval = stats::Interval{std::log(*ratio.low), std::log(*ratio.high)};
    return judgement;
}

// Calls `judged` with the blocks and the state of each look, until that says that a verdict is there.
template <typename Judged>
void at_each_look(int most, const Judged& judged) {
    for (int blocks = stats::k_looks.front().blocks; blocks <= most; ++blocks) {
        const bool over = blocks == most;
        if (!over && !looked_at_after(blocks)) continue;
        if (judged(blocks, over ? stats::RunState::over : stats::RunState::going_on)) return;
    }
}

// Whether some level is told apart; the levels together are not looked at.
Outcome of_any_level(const Experiment& experiment, int blocks, const model::ExperimentSpec& spec,
                     stats::RunState state) {
    for (const PairedRatio& ratio :
         analysis::decisions(level_pairs(experiment, blocks), terms_of(spec, state))) {
        const Outcome outcome = outcome_of(ratio.verdict);
        if (ratio.level && (outcome == Outcome::higher || outcome == Outcome::lower)) return outcome;
    }
    return Outcome::inconclusive;
}

double log_ratio_of(const stats::PairPoint& pair) {
    return pair.log_ratio;
}

}  // namespace

Judgement at_once(const Experiment& experiment) {
    const int blocks = blocks_of(experiment);
    return judgement_of(pooled(experiment, blocks, one_look(blocks)), blocks);
}

Judgement with_looks(const Experiment& experiment) {
    Judgement last;
    at_each_look(blocks_of(experiment), [&](int blocks, stats::RunState state) {
        last = judgement_of(pooled(experiment, blocks, all_looks(), state), blocks);
        return last.outcome != Outcome::inconclusive;
    });
    return last;
}

Judgement any_level_at_once(const Experiment& experiment) {
    const int blocks = blocks_of(experiment);
    return {.outcome = of_any_level(experiment, blocks, one_look(blocks), stats::RunState::over),
            .interval = {},
            .blocks = blocks};
}

Judgement any_level_with_looks(const Experiment& experiment) {
    Judgement last;
    at_each_look(blocks_of(experiment), [&](int blocks, stats::RunState state) {
        last = {.outcome = of_any_level(experiment, blocks, all_looks(), state),
                .interval = {},
                .blocks = blocks};
        return last.outcome != Outcome::inconclusive;
    });
    return last;
}

Judgement with_naive_looks(const Experiment& experiment) {
    Judgement last;
    for (const stats::Look& look : stats::k_looks) {
        last = judgement_of(pooled(experiment, look.blocks, one_look(look.blocks)), look.blocks);
        if (last.outcome != Outcome::inconclusive) break;
    }
    return last;
}

double sequential_p_of_all_looks(const Experiment& experiment) {
    std::vector<stats::LookResult> seen;
    for (const stats::Look& look : stats::k_looks) {
        const PairedRatio ratio = pooled(experiment, look.blocks, all_looks());
        seen.push_back({.look = look, .p_value = ratio.p_value.value_or(1)});
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
            const Circumstances& beside = experiment.circumstances[level][pair];
            if (std::max(beside.steal_of_entrant, beside.steal_of_baseline) >= k_suspect_steal) ++suspect;
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
