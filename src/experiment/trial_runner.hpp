#pragma once

#include <span>

#include "experiment/observer.hpp"
#include "model/plan.hpp"
#include "model/trial_result.hpp"

namespace joust::experiment {

/// What turns a planned trial into a result. Two implementations: the one that measures real services, and a
/// scripted one of the tests, with which a whole experiment runs in milliseconds.
class TrialRunner {
public:
    virtual ~TrialRunner() = default;
    /// Makes ready what the trials of one pair need, before the first of them; errors as those of run(). They
    /// are then run in this order, unless the experiment ends.
    virtual Status prepare(std::span<const model::PlannedTrial> pair, Observer& observer) = 0;
    /// Runs one trial. Errors end the experiment: interrupted; database (the server is gone or the disk is
    /// full); service (the contender does not start any more).
    virtual Result<model::TrialResult> run(const model::PlannedTrial& plan, Observer& observer) = 0;
};

}  // namespace joust::experiment
