#include "analysis/ratios.hpp"

#include "analysis/decision.hpp"

namespace joust::analysis {
namespace {

using model::PairedRatio;
using model::Quantity;

std::vector<LevelPairs> pairs_by_level(const Evidence& evidence, Quantity quantity, const Sides& sides) {
    std::vector<LevelPairs> levels;
    for (const std::int64_t level : evidence.levels) {
        LevelPairs& found = levels.emplace_back();
        found.level = level;
        found.one_invalid = one_invalid_at(evidence, sides, level);
        found.one_barred = one_barred_at(evidence, sides, level);
        for (const int block : finished_blocks(evidence, sides, level))
            found.blocks.push_back(pairs_of_block(evidence, quantity, sides, level, block));
    }
    return levels;
}

Terms terms_of(const Evidence& evidence, Quantity quantity) {
    return {.quantity = quantity,
            .margin = evidence.margin(quantity),
            .floor = evidence.floor(quantity),
            .experiment = evidence.experiment,
            .state = evidence.state,
            .within_last_block = evidence.within_last_block};
}

PairedRatio named(PairedRatio ratio, const Sides& sides) {
    ratio.entrant = sides.entrant;
    ratio.baseline = sides.baseline;
    return ratio;
}

}  // namespace

std::vector<PairedRatio> ratios(const Evidence& evidence, Quantity quantity, const Sides& sides) {
    std::vector<PairedRatio> found =
        decisions(pairs_by_level(evidence, quantity, sides), terms_of(evidence, quantity));
    for (PairedRatio& ratio : found)
        ratio = named(std::move(ratio), sides);
    return found;
}

PairedRatio pooled_ratio(const Evidence& evidence, Quantity quantity, const Sides& sides) {
    return named(pooled_decision(pairs_by_level(evidence, quantity, sides), terms_of(evidence, quantity)),
                 sides);
}

}  // namespace joust::analysis
