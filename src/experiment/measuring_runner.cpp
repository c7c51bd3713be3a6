#include "experiment/measuring_runner.hpp"

#include <algorithm>
#include <future>
#include <thread>
#include <utility>

#include "load/engine.hpp"

namespace joust::experiment {
namespace {

using namespace std::chrono_literals;

constexpr Nanoseconds k_warm_up = 2s;
constexpr Nanoseconds k_look_again = 50ms;

}  // namespace

Status MeasuringRunner::start(const std::vector<std::string>& labels) {
    const WallTime begun_wall = wall_now();
    const TimePoint begun = now();
    const database::LogMark mark = rig_.database().mark();
    for (const std::string& label : labels) {
        if (interrupted_()) return fail(ErrorKind::interrupted, "interrupted between two trials");
        JOUST_TRY(deploy::Instance instance, rig_.start_instance(label));
        started_.insert_or_assign(
            label,
            Started{.instance = std::move(instance), .begun_wall = begun_wall, .begun = begun, .mark = mark});
    }
    // Each is asked on a thread of its own, so that none looks slower for another's sake.
    std::vector<std::pair<Started*, std::future<Result<Nanoseconds>>>> waiting;
    for (const std::string& label : labels) {
        Started& one = started_.at(label);
        waiting.emplace_back(&one, std::async(std::launch::async, [&one, this] {
            return one.instance.wait_until_healthy(one.instance.contender().healthy_within, interrupted_);
        }));
    }
    std::optional<Error> failed;
    for (auto& [one, healthy] : waiting) {
        const auto time = healthy.get();
        if (time)
            one->time_to_healthy = *time;
        else if (!failed)
            failed = time.error();
    }
    if (!failed) return {};
    if (failed->kind != ErrorKind::service) return tl::unexpected(*failed);
    return tl::unexpected(rig_.explained(*failed, mark));
}

Status MeasuringRunner::prepare(std::span<const model::PlannedTrial> pair, Observer& /*observer*/) {
    started_.clear();
    if (spec_.port || spec_.one_by_one) return {};
    std::vector<std::string> labels;
    for (const model::PlannedTrial& plan : pair)
        labels.push_back(plan.entrant);
    return start(labels);
}

Result<model::TrialResult> MeasuringRunner::run(const model::PlannedTrial& plan, Observer& observer) {
    const bool own_turn = plan.position > 0;
    if (!started_.contains(plan.entrant)) {
        JOUST_CHECK(start({plan.entrant}));
    } else if (own_turn) {
        Started& waited = started_.at(plan.entrant);
        waited.begun_wall = wall_now();
        waited.begun = now();
        waited.mark = rig_.database().mark();
    }
    JOUST_CHECK(rig_.database().begin_turn(plan.entrant));
    auto mine = started_.extract(plan.entrant);
    Beside beside;
    for (const auto& [label, other] : started_)
        beside.push_back(&other.instance);
    return run_trial(rig_, spec_, plan, std::move(mine.mapped()), beside, observer, interrupted_);
}

Status MeasuringRunner::warm_up(Observer& observer) {
    if (spec_.one_by_one) return {};
    const std::vector<std::int64_t>& levels = spec_.benchmark.load.levels;
    const std::int64_t level = levels[levels.size() / 2];
    for (const model::Entrant& entrant : spec_.benchmark.entrants) {
        observer.stage(fmt::format("warm up with {}, which nobody records", entrant.label));
        JOUST_CHECK(warm_up(entrant.label, level));
    }
    return {};
}

Status MeasuringRunner::warm_up(const std::string& label, std::int64_t level) {
    JOUST_CHECK(start({label}));
    auto mine = started_.extract(label);
    deploy::Instance& instance = mine.mapped().instance;
    {
        JOUST_TRY(load::Engine engine,
                  load::Engine::start(load_options(spec_, instance.contender(), {.level = level},
                                                   instance.port(), rig_.layout().generator.cpus)));
        const TimePoint end = engine.started_at() + std::min(k_warm_up, spec_.benchmark.load.duration);
        while (now() < end && instance.running()) {
            if (interrupted_()) return fail(ErrorKind::interrupted, "interrupted during the set-up");
            std::this_thread::sleep_for(std::min<Nanoseconds>(k_look_again, std::max(0ns, end - now())));
        }
        engine.stop_now();
    }
    instance.stop(k_stop_grace);
    return {};
}

}  // namespace joust::experiment
