#include "stats/block_effect.hpp"

#include <set>

#include "stats/f_distribution.hpp"

namespace joust::stats {
namespace {

NumbersByLevel indicator(const PairLevels& levels, int block) {
    return numbers(levels, [block](const PairPoint& pair) { return pair.block == block ? 1.0 : 0.0; });
}

std::set<int> blocks_of(const PairLevels& levels) {
    std::set<int> blocks;
    for (const std::vector<PairPoint>& level : levels)
        for (const PairPoint& pair : level)
            blocks.insert(pair.block);
    return blocks;
}

// Fisher's test of the blocks' terms beside the levels'.
std::optional<double> any_block(const PairLevels& levels, const std::set<int>& blocks) {
    WithinLevels fit = within_levels(levels);
    const double without = fit.residual_sum_of_squares();
    std::size_t terms = 0;
    for (const int block : blocks)
        if (fit.take_out(indicator(levels, block))) ++terms;
    const double with = fit.residual_sum_of_squares();
    if (terms == 0 || fit.residual_degrees() == 0 || !(with > 0)) return std::nullopt;
    const auto above = static_cast<double>(terms);
    const auto below = static_cast<double>(fit.residual_degrees());
    return f_upper_tail((without - with) / above / (with / below), above, below);
}

}  // namespace

BlockEffect block_effect(const PairLevels& levels) {
    BlockEffect effect;
    const std::set<int> blocks = blocks_of(levels);
    if (blocks.size() < 2) return effect;
    WithinLevels fit = within_levels(levels);
    if (fit.take_out(indicator(levels, *blocks.begin()))) effect.first_block = fit.slope();
    if (effect.first_block && effect.first_block->scatter && effect.first_block->scatter->standard_error > 0)
        effect.first_p = effect.first_block->p_value();
    effect.any_p = any_block(levels, blocks);
    return effect;
}

}  // namespace joust::stats
