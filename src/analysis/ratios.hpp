#pragma once

#include <string>
#include <vector>

#include "analysis/cell.hpp"
#include "model/comparison.hpp"

namespace joust::analysis {

/// What a ratio is taken from: the judged trials and the cells that they make. All outlive it.
struct Evidence {
    const std::vector<JudgedTrial>& trials;
    const std::vector<model::Cell>& cells;
    const std::vector<std::int64_t>& levels;
    model::LoadModel load_model;
    double margin;

    [[nodiscard]] const model::Cell* cell(const std::string& entrant, std::int64_t level) const;
};

/// What is compared with what: the first is divided by the second.
struct Sides {
    const std::string& entrant;
    const std::string& baseline;
};

/// Ratio entrant ÷ baseline of one quantity at one level, over the blocks in which neither trial is
/// invalid; the verdict is `invalid` where one of the cells is.
model::PairedRatio ratio_at(const Evidence& evidence, model::Quantity quantity, const Sides& sides,
                            std::int64_t level);
/// The ratio over all levels at which neither cell is invalid: the mean of the levels, with the scatter
/// within them (stats::pooled_ratio).
model::PairedRatio pooled_ratio(const Evidence& evidence, model::Quantity quantity, const Sides& sides);

}  // namespace joust::analysis
