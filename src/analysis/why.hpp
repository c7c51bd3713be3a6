#pragma once

#include <optional>

#include "analysis/evidence.hpp"

namespace joust::analysis {

/// Where the difference in time per operation lies (model::Why), over the pairs that the verdict on goodput
/// is of; without intervals where that has none. Empty for the open model and without a pair.
std::optional<model::Why> why(const Evidence& evidence, const Sides& sides);

}  // namespace joust::analysis
