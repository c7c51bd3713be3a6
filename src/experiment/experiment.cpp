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

Status run_block(Rig& rig, const RunSpec& spec, int block, RunDirectory& directory, Observer& observer,
                 const Interrupted& interrupted, std::vector<model::TrialResult>& trials) {
    for (const model::PlannedTrial& plan :
         model::plan_block(spec.benchmark, block, static_cast<int>(trials.size()))) {
        if (interrupted()) return fail(ErrorKind::interrupted, "interrupted between two trials");
        observer.trial_started(plan);
        JOUST_TRY(model::TrialResult result, run_trial(rig, spec, plan, observer, interrupted));
        JOUST_CHECK(directory.append(result));
        trials.push_back(std::move(result));
        observer.trial_finished(trials.back());
    }
    return {};
}

}  // namespace

Result<Outcome> run_experiment(const RunSpec& spec, Observer& observer, const Interrupted& interrupted,
                               const AnotherBlock& another_block) {
    JOUST_TRY(const host::MeasuringLock lock, wait_for_turn(observer, interrupted));
    const WallTime started = wall_now();
    JOUST_TRY(RunDirectory directory, RunDirectory::create(spec.results, spec.benchmark.name, started));
    Outcome outcome{.run_directory = directory.path()};
    JOUST_CHECK(directory.write(spec.benchmark));
    JOUST_TRY(Rig rig, Rig::create(spec, directory, observer, interrupted));
    outcome.environment = rig.environment();
    outcome.environment.started = started;
    JOUST_CHECK(directory.write(outcome.environment));

    const int blocks = spec.benchmark.experiment.blocks_min;
    const auto per_block = spec.benchmark.load.levels.size() * spec.benchmark.contenders.size();
    observer.planned(blocks * static_cast<int>(per_block),
                     model::planned_time(spec.benchmark, blocks, k_overhead_per_trial), directory.path());
    for (int block = 0; block < blocks || another_block(outcome.trials, block); ++block) {
        const Status done = run_block(rig, spec, block, directory, observer, interrupted, outcome.trials);
        if (done) continue;
        outcome.stopped_by = done.error();
        break;
    }
    return outcome;
}

}  // namespace joust::experiment
