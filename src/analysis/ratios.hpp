#pragma once

#include <vector>

#include "analysis/evidence.hpp"

namespace joust::analysis {

/// The ratios entrant ÷ baseline of one quantity, over the blocks in which neither trial is invalid: at each
/// level of the evidence, in its order, then over all levels together. The verdict of a level is Holm's over
/// the levels and `invalid` where one of its cells is; that over all levels stands alone, over the levels at
/// which neither is: the mean of the levels, with the scatter within them. With looks, each sees only the
/// blocks of its last one.
std::vector<model::PairedRatio> ratios(const Evidence& evidence, model::Quantity quantity,
                                       const Sides& sides);
/// The last of these.
model::PairedRatio pooled_ratio(const Evidence& evidence, model::Quantity quantity, const Sides& sides);

}  // namespace joust::analysis
