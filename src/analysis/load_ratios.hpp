#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "model/load_run.hpp"

namespace joust::analysis {

/// Goodput, median and 99th percentile of each other target ÷ the first one's, paired within rounds, with
/// Student's t interval of the log ratios. The slice is the unit: requests within one are not independent. A
/// round in which one of the two served nothing, or in which a time is only a lower bound (`timeout` is of
/// the requests, and users may starve), is a result that no ratio of the other rounds may hide: then there is
/// no ratio.
std::vector<model::LoadRatio> load_ratios(std::span<const model::LoadSlice> slices, std::size_t targets,
                                          Nanoseconds timeout);

}  // namespace joust::analysis
