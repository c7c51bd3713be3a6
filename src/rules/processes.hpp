#pragma once

#include "model/trial_result.hpp"
#include "rules/outcome.hpp"

namespace joust::rules {

/// Of the CPU time that all processes of a service used in the window, what one of them has at least to be
/// called a worker. A supervisor was seen to use 0.1 %.
inline constexpr double k_worker_share = 0.1;
/// Of one CPU, what a supervisor that nobody has declared uses at most.
inline constexpr double k_supervisor_share = 0.01;

/// Whether the service ran the processes that its manifest declares: as many, and no more of them at work
/// than it has workers. The process that was started may be there besides, as a supervisor that does next to
/// nothing. Where the service died or a process of it was replaced, another rule says so.
Outcome processes(const model::TrialResult& trial);

}  // namespace joust::rules
