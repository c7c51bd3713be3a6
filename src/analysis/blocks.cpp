#include "analysis/blocks.hpp"

#include <cmath>

#include "analysis/pairs.hpp"
#include "stats/block_effect.hpp"
#include "stats/verdict.hpp"

namespace joust::analysis {

std::optional<model::BlockEffect> block_effect(const Evidence& evidence, const Sides& sides) {
    const stats::BlockEffect effect =
        stats::block_effect(all_pairs(evidence, model::Quantity::goodput, sides).points());
    if (!effect.first_p && !effect.any_p) return std::nullopt;
    model::BlockEffect result{.entrant = sides.entrant, .first_p = effect.first_p, .any_p = effect.any_p};
    if (effect.first_block) {
        result.first_ratio = std::exp(effect.first_block->mean);
        if (const auto interval = effect.first_block->interval(stats::k_confidence)) {
            result.first_low = std::exp(interval->low);
            result.first_high = std::exp(interval->high);
        }
    }
    return result;
}

}  // namespace joust::analysis
