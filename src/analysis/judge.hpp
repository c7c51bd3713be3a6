#pragma once

#include "model/benchmark.hpp"
#include "model/comparison.hpp"
#include "model/trial_result.hpp"

namespace joust::analysis {

/// Whether a trial may be ranked (docs/results.md lists the codes of the reasons).
///
/// Invalid: error rate over the limit, service died, out of memory, limits not in force, clock jumped,
/// interrupted, fewer than 100 verified operations. Suspect: `--limits off`; no steady state; fewer
/// connections established than users; the generator itself was late, throttled, or (open model) sent less
/// than 98 % of what was asked; Little's law misses by more than 5 %.
model::Judgement judge(const model::TrialResult& trial, const model::ExperimentSpec& experiment);

/// Whether the load generator itself can be trusted in this run, whatever the target did: connections, lag,
/// run delay, throttling, offered rate (`level` requests per second, open model), Little's law.
model::Judgement self_check(const model::Samples& samples, model::LoadModel load_model, std::int64_t level);

/// "34 % errors (limit 1 %), mostly timeouts"; for a trial's or a cell's requests.
model::Reason error_rate_reason(double error_rate, double limit, const model::RequestErrors& errors);

inline constexpr std::uint64_t k_least_operations = 100;

}  // namespace joust::analysis
