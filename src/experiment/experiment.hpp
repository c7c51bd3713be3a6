#pragma once

#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "experiment/rig.hpp"
#include "experiment/trial_runner.hpp"

namespace joust::experiment {

/// The planner: which trials come next after `finished`; none: the experiment is over. It is passed in,
/// because what to measure next is a matter of analysis, and asked again whenever all that it named are
/// measured.
using NextTrials = std::function<std::vector<model::PlannedTrial>(
    const model::Benchmark& benchmark, const std::vector<model::TrialResult>& finished)>;

/// What is there when a run ends, whole or not. All of it is on the disk too.
struct Outcome {
    Path run_directory;
    model::Environment environment;
    std::vector<model::TrialResult> trials;
    bool was_complete = false;        ///< it was to go on, and there was nothing left to measure
    std::optional<Error> stopped_by;  ///< why the run ended before its plan did; empty when it is whole
};

/// Measures what the planner names, pair after pair, until it names nothing or the next pair does not fit
/// into the budget. Each trial is on the disk before the next one
/// begins. Returns why it ended early: an interruption, a trial that could not be run, a disk that could not
/// be written. `trials` holds what was measured before, and afterwards all that was measured.
Status run_trials(TrialRunner& runner, const NextTrials& next_trials, const model::Benchmark& benchmark,
                  files::RunDirectory& directory, Observer& observer, const Interrupted& interrupted,
                  std::vector<model::TrialResult>& trials);

/// What a run may come to of which `finished` were measured before: beside what is planned each trial that
/// was left without its pair, which is measured anew.
model::PlannedRun plan_after(const model::Benchmark& benchmark,
                             const std::vector<model::TrialResult>& finished);

/// What is still to be done on the rig of a run whose trials are all measured; may be empty.
using Afterwards = std::function<Status(Rig&)>;

/// Runs the benchmark: set-up, then trial after trial. Fails when it ends before its first trial does: then
/// no run directory is left but with its logs, where those may tell more than the error (not of a refusal:
/// bad_input, unsupported). With spec.resume it goes on with a run: bad_input where that is not what it was;
/// where nothing is left to measure, it waits for no other run.
/// An error of `afterwards` is why it stopped.
Result<Outcome> run_experiment(const RunSpec& spec, Observer& observer, const Interrupted& interrupted,
                               const NextTrials& next_trials, const Afterwards& afterwards = {});

}  // namespace joust::experiment
