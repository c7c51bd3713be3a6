#pragma once

#include <vector>

#include "model/benchmark.hpp"
#include "model/comparison.hpp"
#include "model/environment.hpp"
#include "model/trial_result.hpp"

namespace joust::analysis {

/// Everything that can be said about a run. A pure function: the same trials give the same comparison.
/// `environment` tells what manifests and commands say, which the lint compares; null: nobody knows.
model::Comparison compare(const model::Benchmark& benchmark, const std::vector<model::TrialResult>& trials,
                          const model::Environment* environment = nullptr);

}  // namespace joust::analysis
