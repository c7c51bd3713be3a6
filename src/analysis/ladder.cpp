#include "analysis/ladder.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace joust::analysis {

namespace {

// The first level at which the entrant's error rate exceeds the limit, of each block that has one. A block
// without it tells that it never breaks only where it was measured at the breaking point or above: a run that
// was broken off, or a level that was closed, leaves others.
struct BreakingBlocks {
    std::map<int, std::int64_t> first;
    std::set<int> up_to_the_point;
};

BreakingBlocks breaking_blocks(const Evidence& evidence, const std::string& entrant, std::int64_t point,
                               double error_rate_max) {
    BreakingBlocks blocks;
    for (const JudgedTrial& judged : evidence.trials) {
        const model::PlannedTrial& plan = judged.trial->plan;
        if (plan.entrant != entrant) continue;
        if (plan.level >= point) blocks.up_to_the_point.insert(plan.block);
        if (judged.trial->samples.error_rate() <= error_rate_max) continue;
        const auto [known, added] = blocks.first.emplace(plan.block, plan.level);
        if (!added) known->second = std::min(known->second, plan.level);
    }
    return blocks;
}

// Where blocks for themselves break.
void add_range(model::BreakingPoint& point, const BreakingBlocks& blocks) {
    const auto by_level = [](const auto& a, const auto& b) { return a.second < b.second; };
    const auto [earliest, latest] = std::minmax_element(blocks.first.begin(), blocks.first.end(), by_level);
    point.earliest_level = earliest->second;
    const bool all_break = std::all_of(blocks.up_to_the_point.begin(), blocks.up_to_the_point.end(),
                                       [&](int block) { return blocks.first.contains(block); });
    if (all_break) point.latest_level = latest->second;
}

}  // namespace

std::optional<model::BreakingPoint> breaking_point(const Evidence& evidence, const std::string& entrant,
                                                   double error_rate_max) {
    std::optional<std::int64_t> below;
    for (const std::int64_t level : evidence.levels) {
        int trials = 0;
        int over_limit = 0;
        for (const JudgedTrial& judged : evidence.trials) {
            if (judged.trial->plan.entrant != entrant || judged.trial->plan.level != level) continue;
            ++trials;
            over_limit += judged.trial->samples.error_rate() > error_rate_max ? 1 : 0;
        }
        if (over_limit * 2 > trials) {
            model::BreakingPoint point{.entrant = entrant,
                                       .level = level,
                                       .error_rate = evidence.cell(entrant, level)->error_rate(),
                                       .whole_level = below,
                                       .earliest_level = level,
                                       .latest_level = {}};
            add_range(point, breaking_blocks(evidence, entrant, level, error_rate_max));
            return point;
        }
        if (trials > 0) below = level;
    }
    return std::nullopt;
}

std::optional<model::Plateau> plateau(const Evidence& evidence, const std::string& entrant) {
    if (evidence.load_model != model::LoadModel::closed) return std::nullopt;
    constexpr int k_least_levels = 3;
    const double widest = (1 + evidence.experiment.margin) * (1 + evidence.experiment.margin);
    std::optional<model::Plateau> longest;
    for (std::size_t first = 0; first < evidence.levels.size(); ++first) {
        model::Plateau run{.entrant = entrant, .first_level = evidence.levels[first]};
        for (std::size_t i = first; i < evidence.levels.size(); ++i) {
            const model::Cell* cell = evidence.cell(entrant, evidence.levels[i]);
            if (cell == nullptr || invalid(*cell)) break;
            const double goodput = cell->at(model::Quantity::goodput).value;
            const double lowest = run.levels == 0 ? goodput : std::min(run.lowest_rps, goodput);
            const double highest = std::max(run.highest_rps, goodput);
            if (lowest <= 0 || highest / lowest > widest) break;
            run.last_level = evidence.levels[i];
            run.lowest_rps = lowest;
            run.highest_rps = highest;
            ++run.levels;
        }
        const bool long_enough = run.levels >= k_least_levels && run.last_level >= 2 * run.first_level;
        if (long_enough && (!longest || run.levels > longest->levels)) longest = run;
    }
    return longest;
}

}  // namespace joust::analysis
