#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "model/load_run.hpp"

namespace joust::analysis {

/// Goodput, median and 99th percentile of each other target ÷ the first one's, paired within rounds, with
/// Student's t interval of the log ratios. The slice is the unit: requests within one are not independent. A
/// ratio without a single pair is left out.
std::vector<model::LoadRatio> load_ratios(std::span<const model::LoadSlice> slices, std::size_t targets);

}  // namespace joust::analysis
