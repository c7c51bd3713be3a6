#pragma once

#include "model/benchmark.hpp"
#include "model/comparison.hpp"
#include "model/trial_result.hpp"

namespace joust::analysis {

/// Whether a trial may be ranked (docs/results.md lists the codes of the reasons).
///
/// Invalid: error rate over the limit, service died or restarted, out of memory, limits not in force, clock
/// jumped, fewer than 100 verified operations. Suspect: `--limits off`; no steady state; others used the
/// contender's CPUs. And what the load generator's self-check makes of it.
model::Judgement judge(const model::TrialResult& trial, const model::ExperimentSpec& experiment);

/// How the requests of a trial or of a cell ended.
struct Endings {
    const model::RequestErrors& errors;
    const model::StatusCounts& statuses;
};
/// "34 % errors (limit 1 %), mostly timeouts", and that most answers are redirects, where they are.
model::Reason error_rate_reason(double error_rate, double limit, const Endings& endings);

/// The response times of the trial do not account for the time that requests spent in flight.
bool fails_littles_law(const model::Judgement& judgement);
/// They account for less of it: requests from before the window, which are in no percentile, took longer than
/// those due in it. Every latency of the trial is a lower bound then.
bool latencies_are_lower_bounds(const model::TrialResult& trial, const model::Judgement& judgement);

inline constexpr std::uint64_t k_least_operations = 100;
/// Share of the contender's own CPUs that others may use: above three times the noise of the kernel's tick,
/// 2.9 % in a window of three seconds.
inline constexpr double k_cpu_taken_max = 0.10;

}  // namespace joust::analysis
