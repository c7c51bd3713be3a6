#pragma once

#include "experiment/observer.hpp"
#include "experiment/rig.hpp"
#include "load/options.hpp"
#include "model/trial_result.hpp"

namespace joust::experiment {

/// The load of one trial: the workload's operations on the contender's routes, at the plan's level.
load::Options load_options(const RunSpec& spec, const model::Contender& contender,
                           const model::PlannedTrial& plan, std::uint16_t port, const std::vector<int>& cpus);

/// Runs one trial as method section 2 says: same start state, fresh process, warm-up until steady, window,
/// drain. A contender that dies in it is a result (an incident), not an error. Errors: interrupted; database
/// (the server is gone or the disk is full); service (the contender does not start any more).
Result<model::TrialResult> run_trial(Rig& rig, const RunSpec& spec, const model::PlannedTrial& plan,
                                     Observer& observer, const Interrupted& interrupted);

}  // namespace joust::experiment
