#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "model/benchmark.hpp"
#include "model/plan.hpp"
#include "model/trial_result.hpp"

namespace joust::model {

/// From the start of the first trial to the end of the last one, in the order of running. A gap of more than
/// ten seconds between two of them is an interruption of the run and not in it. Empty without a trial, and
/// where one does not say how long it took.
std::optional<Nanoseconds> measuring_time(std::span<const TrialResult> trials);

/// The gaps that measuring_time() leaves out: the time in which the run did not go on.
Nanoseconds interruptions(std::span<const TrialResult> trials);

/// What of the benchmark's run is done with `trials`.
MeasuredPart measured_part(const Benchmark& benchmark, std::span<const TrialResult> trials);

/// Sum of the windows over measuring_time(), 0..1; empty where that is.
std::optional<double> measured_share(std::span<const TrialResult> trials);

/// How long all entrants at that level will take, once: as long as the slowest such pair of `trials`; where
/// there is none, as planned at the most.
Nanoseconds expected_time(const Benchmark& benchmark, std::span<const TrialResult> trials,
                          std::int64_t level);

/// Whether all entrants at each of `levels`, once, will end within the budget after `trials`.
bool fits_budget(const Benchmark& benchmark, std::span<const TrialResult> trials,
                 std::span<const std::int64_t> levels);

}  // namespace joust::model
