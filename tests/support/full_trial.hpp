#pragma once

#include "model/benchmark.hpp"
#include "model/trial_result.hpp"

namespace joust::testing {

/// A benchmark of two contenders, and a trial of it that has everything that a trial may have.
const model::Benchmark& full_trial_benchmark();
model::TrialResult full_trial();

}  // namespace joust::testing
