#pragma once

#include "experiment/observer.hpp"
#include "experiment/rig.hpp"
#include "load/options.hpp"
#include "model/trial_result.hpp"

namespace joust::experiment {

/// The load of one trial: the workload's operations on the contender's routes, at the plan's level.
load::Options load_options(const RunSpec& spec, const model::Contender& contender,
                           const model::PlannedTrial& plan, std::uint16_t port, const std::vector<int>& cpus);

/// A service that was started for a trial and is healthy, and when that began.
struct Started {
    deploy::Instance instance;
    Nanoseconds time_to_healthy{0};
    WallTime begun_wall{};
    TimePoint begun{};       ///< of the trial: its own turn, or the preparation of its pair
    database::LogMark mark;  ///< of then
};

/// Services of the same pair that wait for their turns meanwhile.
using Beside = std::vector<const deploy::Instance*>;

/// Runs one trial as method section 2 says: same start state, fresh process, warm-up until steady, window,
/// drain; the service is stopped at its end. A contender that dies in it is a result (an incident), not an
/// error. Errors: interrupted; database (the server is gone or the disk is full); service (what ran it is
/// gone).
Result<model::TrialResult> run_trial(Rig& rig, const RunSpec& spec, const model::PlannedTrial& plan,
                                     Started started, const Beside& beside, Observer& observer,
                                     const Interrupted& interrupted);

}  // namespace joust::experiment
