#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/comparison.hpp"

namespace joust::analysis {

/// What was measured of that quantity where those are set beside each other: at that level, or (empty) at all
/// at which none of them is invalid.
model::Measured measured(const model::Comparison& comparison, const std::vector<std::string>& entrants,
                         model::Quantity quantity, std::optional<std::int64_t> level);

}  // namespace joust::analysis
