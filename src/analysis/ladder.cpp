#include "analysis/ladder.hpp"

#include <algorithm>

namespace joust::analysis {

std::optional<model::BreakingPoint> breaking_point(const Evidence& evidence, const std::string& entrant,
                                                   double error_rate_max) {
    for (const std::int64_t level : evidence.levels) {
        int trials = 0;
        int over_limit = 0;
        for (const JudgedTrial& judged : evidence.trials) {
            if (judged.trial->plan.entrant != entrant || judged.trial->plan.level != level) continue;
            ++trials;
            over_limit += judged.trial->samples.error_rate() > error_rate_max ? 1 : 0;
        }
        if (over_limit * 2 > trials)
            return model::BreakingPoint{entrant, level, evidence.cell(entrant, level)->error_rate()};
    }
    return std::nullopt;
}

std::optional<model::Plateau> plateau(const Evidence& evidence, const std::string& entrant) {
    if (evidence.load_model != model::LoadModel::closed) return std::nullopt;
    constexpr int k_least_levels = 3;
    const double widest = (1 + evidence.margin) * (1 + evidence.margin);
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
