#include "experiment/experiment.hpp"

#include <thread>

#include "experiment/trial.hpp"
#include "host/measuring_lock.hpp"

namespace joust::experiment {
namespace {

using namespace std::chrono_literals;

constexpr Nanoseconds k_patience_with_others = 5s;  // a run that just ends, or the guardian of a killed one

Result<host::MeasuringLock> wait_for_turn(Observer& observer, const Interrupted& interrupted) {
    bool told = false;
    for (const TimePoint give_up = now() + k_patience_with_others;;) {
        auto lock = host::MeasuringLock::take();
        if (lock && lock->warning()) observer.warning(*lock->warning());
        if (lock || lock.error().kind != ErrorKind::timed_out || now() >= give_up) return lock;
        if (interrupted()) return fail(ErrorKind::interrupted, "interrupted during the set-up");
        if (!told) observer.stage("wait for another run of joust to end");
        told = true;
        std::this_thread::sleep_for(100ms);
    }
}

// Plays trials on the rig, with real services, load and database.
class MeasuringRunner final : public TrialRunner {
public:
    MeasuringRunner(Rig& rig, const RunSpec& spec, const Interrupted& interrupted)
        : rig_(rig), spec_(spec), interrupted_(interrupted) {}
    Result<model::TrialResult> run(const model::PlannedTrial& plan, Observer& observer) override {
        return run_trial(rig_, spec_, plan, observer, interrupted_);
    }

private:
    Rig& rig_;
    const RunSpec& spec_;
    const Interrupted& interrupted_;
};

}  // namespace

Status run_trials(TrialRunner& runner, const NextTrials& next_trials, const model::Benchmark& benchmark,
                  files::RunDirectory& directory, Observer& observer, const Interrupted& interrupted,
                  std::vector<model::TrialResult>& trials) {
    for (;;) {
        const std::vector<model::PlannedTrial> next = next_trials(benchmark, trials);
        if (next.empty()) return {};
        for (const model::PlannedTrial& plan : next) {
            if (interrupted()) return fail(ErrorKind::interrupted, "interrupted between two trials");
            observer.trial_started(plan);
            JOUST_TRY(model::TrialResult result, runner.run(plan, observer));
            JOUST_CHECK(directory.append(result));
            trials.push_back(std::move(result));
            observer.trial_finished(trials.back());
        }
    }
}

Result<Outcome> run_experiment(const RunSpec& spec, Observer& observer, const Interrupted& interrupted,
                               const NextTrials& next_trials) {
    JOUST_TRY(const host::MeasuringLock lock, wait_for_turn(observer, interrupted));
    const WallTime started = wall_now();
    JOUST_TRY(files::RunDirectory directory,
              files::RunDirectory::create(spec.results, spec.benchmark.name, started));
    Outcome outcome{.run_directory = directory.path()};
    JOUST_CHECK(directory.write(spec.benchmark));
    JOUST_CHECK(directory.write(spec.workload));
    JOUST_TRY(Rig rig, Rig::create(spec, directory, observer, interrupted));
    outcome.environment = rig.environment();
    outcome.environment.started = started;
    JOUST_CHECK(directory.write(outcome.environment));

    const int blocks = spec.benchmark.experiment.blocks_min;
    observer.planned(static_cast<int>(model::planned_trials(spec.benchmark, blocks)),
                     model::planned_time(spec.benchmark, blocks, k_overhead_per_trial), directory.path());
    MeasuringRunner runner(rig, spec, interrupted);
    if (const Status done =
            run_trials(runner, next_trials, spec.benchmark, directory, observer, interrupted, outcome.trials);
        !done)
        outcome.stopped_by = done.error();
    return outcome;
}

}  // namespace joust::experiment
