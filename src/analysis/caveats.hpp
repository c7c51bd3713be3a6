#pragma once

#include <vector>

#include "model/benchmark.hpp"
#include "model/comparison.hpp"

namespace joust::analysis {

/// What to know of the run as a whole; `comparison` has its cells.
std::vector<model::Caveat> caveats(const model::Comparison& comparison, const model::Benchmark& benchmark,
                                   const std::vector<model::TrialResult>& trials);

}  // namespace joust::analysis
