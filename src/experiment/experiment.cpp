#include "experiment/experiment.hpp"

#include <algorithm>
#include <thread>

#include "deploy/digest.hpp"
#include "experiment/measuring_runner.hpp"
#include "experiment/resume.hpp"
#include "files/benchmark_toml.hpp"
#include "host/measuring_lock.hpp"
#include "host/user.hpp"
#include "model/measuring_time.hpp"

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

// What a run that goes on has come to so far.
Result<Outcome> take_up(const files::RunDirectory& directory, const model::Benchmark& benchmark,
                        const NextTrials& next_trials) {
    JOUST_TRY(files::StoredTrials stored, directory.read_trials());
    Outcome outcome{.run_directory = directory.path()};
    outcome.trials = std::move(stored.trials);
    outcome.was_complete = next_trials(benchmark, outcome.trials).empty();
    return outcome;
}

Result<files::RunDirectory> open_directory(const RunSpec& spec, WallTime started) {
    if (spec.resume) return files::RunDirectory::resume(*spec.resume);
    return files::RunDirectory::create(spec.results, spec.benchmark.name, started);
}

// A refusal says all that there is to say; what else went wrong, its logs may tell.
bool is_refusal(ErrorKind kind) {
    return kind == ErrorKind::bad_input || kind == ErrorKind::unsupported;
}

// Of a run that ended before its first trial nothing is left but what was logged, where that tells something.
Error leave_only_logs(Error error, const files::RunDirectory& directory) {
    if (is_refusal(error.kind) || !directory.has_logs()) {
        if (const Status removed = directory.remove(); !removed)
            error.message += "\n" + removed.error().message;
        return error;
    }
    if (error.kind == ErrorKind::interrupted)
        error.message += fmt::format("; what was logged until then is in {}/logs", directory.path().string());
    if (const Status given = host::give_to_owner_of_parent(directory.path()); !given)
        error.message += "\n" + given.error().message;
    return error;
}

// environment.json of a run that begins, or that goes on as what it was.
Result<model::Environment> settle_environment(const RunSpec& spec, const files::RunDirectory& directory,
                                              const Rig& rig, WallTime started) {
    model::Environment environment = rig.environment();
    environment.started = started;
    environment.benchmark_sha256 = deploy::sha256(files::to_toml(spec.benchmark));
    if (spec.resume) {
        JOUST_TRY(model::Environment before, directory.read_environment());
        JOUST_CHECK(check_unchanged(before, environment, directory.path()));
        environment = std::move(before);
        environment.resumed.push_back(started);
    }
    JOUST_CHECK(directory.write(environment));
    return environment;
}

// How many of the planned trials make up the next pair.
std::size_t pair_length(std::span<const model::PlannedTrial> planned) {
    const auto end = std::find_if_not(planned.begin(), planned.end(), [&](const model::PlannedTrial& trial) {
        return same_pair(trial, planned.front());
    });
    return static_cast<std::size_t>(end - planned.begin());
}

Status run_pair(TrialRunner& runner, std::span<const model::PlannedTrial> pair,
                files::RunDirectory& directory, Observer& observer, const Interrupted& interrupted,
                std::vector<model::TrialResult>& trials) {
    const auto told = [&]() -> Status {
        if (interrupted()) return fail(ErrorKind::interrupted, "interrupted between two trials");
        return {};
    };
    JOUST_CHECK(told());
    observer.trial_started(pair.front());
    JOUST_CHECK(runner.prepare(pair, observer));
    for (const model::PlannedTrial& plan : pair) {
        JOUST_CHECK(told());
        if (&plan != &pair.front()) observer.trial_started(plan);
        JOUST_TRY(model::TrialResult result, runner.run(plan, observer));
        JOUST_CHECK(directory.append(result));
        trials.push_back(std::move(result));
        observer.trial_finished(trials.back());
    }
    return {};
}

// Those of `finished` that lack the rest of their pair, and will be measured anew.
int halves(const model::Benchmark& benchmark, const std::vector<model::TrialResult>& finished) {
    return static_cast<int>(
        std::count_if(finished.begin(), finished.end(), [&](const model::TrialResult& one) {
            const auto together = std::count_if(
                finished.begin(), finished.end(),
                [&](const model::TrialResult& other) { return same_pair(one.plan, other.plan); });
            return static_cast<std::size_t>(together) < benchmark.entrants.size();
        }));
}

}  // namespace

model::PlannedRun plan_after(const model::Benchmark& benchmark,
                             const std::vector<model::TrialResult>& finished) {
    model::PlannedRun plan = model::planned_run(benchmark, model::k_overhead_per_trial);
    const int more = halves(benchmark, finished);
    plan.fewest_trials += more;
    plan.most_trials += more;
    return plan;
}

Status run_trials(TrialRunner& runner, const NextTrials& next_trials, const model::Benchmark& benchmark,
                  files::RunDirectory& directory, Observer& observer, const Interrupted& interrupted,
                  std::vector<model::TrialResult>& trials) {
    for (;;) {
        const std::vector<model::PlannedTrial> next = next_trials(benchmark, trials);
        if (next.empty()) return {};
        for (std::span<const model::PlannedTrial> left = next; !left.empty();) {
            const auto pair = left.first(pair_length(left));
            // Earlier pairs of the block may have taken longer than when it was planned.
            if (!model::fits_budget(benchmark, trials, {&pair.front().level, 1})) return {};
            JOUST_CHECK(run_pair(runner, pair, directory, observer, interrupted, trials));
            left = left.subspan(pair.size());
        }
    }
}

namespace {

// What run_experiment() was given beside its spec.
struct RunParts {
    Observer& observer;
    const Interrupted& interrupted;
    const NextTrials& next_trials;
    const Afterwards& afterwards;
};

Result<Outcome> run_in(files::RunDirectory& directory, WallTime started, const RunSpec& spec,
                       const RunParts& parts) {
    Outcome outcome{.run_directory = directory.path()};
    if (spec.resume) {  // another run may have finished it meanwhile
        JOUST_TRY(outcome, take_up(directory, spec.benchmark, parts.next_trials));
        if (outcome.was_complete) return outcome;
    } else {
        JOUST_CHECK(directory.write(spec.benchmark));
        JOUST_CHECK(directory.write(spec.workload));
    }
    JOUST_TRY(Rig rig, Rig::create(spec, directory, parts.observer, parts.interrupted));
    JOUST_TRY(outcome.environment, settle_environment(spec, directory, rig, started));
    MeasuringRunner runner(rig, spec, parts.interrupted);
    JOUST_CHECK(runner.warm_up(parts.observer));

    parts.observer.planned(plan_after(spec.benchmark, outcome.trials),
                           static_cast<int>(outcome.trials.size()), directory.path());
    Status done = run_trials(runner, parts.next_trials, spec.benchmark, directory, parts.observer,
                             parts.interrupted, outcome.trials);
    if (done && parts.afterwards) done = parts.afterwards(rig);
    if (!done && outcome.trials.empty()) return tl::unexpected(done.error());
    if (!done) outcome.stopped_by = done.error();
    return outcome;
}

}  // namespace

Result<Outcome> run_experiment(const RunSpec& spec, Observer& observer, const Interrupted& interrupted,
                               const NextTrials& next_trials, const Afterwards& afterwards) {
    if (spec.resume) {  // a refusal waits for nobody, nor does a run with nothing left to measure
        JOUST_TRY(const files::RunDirectory known, files::RunDirectory::open(*spec.resume));
        JOUST_CHECK(check_resumable(spec, known));
        JOUST_TRY(Outcome so_far, take_up(known, spec.benchmark, next_trials));
        if (so_far.was_complete) return so_far;
    }
    JOUST_TRY(const host::MeasuringLock lock, wait_for_turn(observer, interrupted));
    const WallTime started = wall_now();
    JOUST_TRY(files::RunDirectory directory, open_directory(spec, started));
    auto outcome = run_in(directory, started, spec, {observer, interrupted, next_trials, afterwards});
    if (outcome || spec.resume) return outcome;
    return tl::unexpected(leave_only_logs(std::move(outcome.error()), directory));
}

}  // namespace joust::experiment
