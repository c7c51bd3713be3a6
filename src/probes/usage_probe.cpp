#include "probes/usage_probe.hpp"

#include <algorithm>

namespace joust::probes {
namespace {

using model::Role;

/// CPU and run delay of the generator are the load threads' own, from the engine; the rest is its whole
/// process's.
void complete(model::Usage& generator, const model::Usage& process) {
    generator.anonymous = process.anonymous;
    generator.page_cache = process.page_cache;
    generator.throttled = process.throttled;
    generator.throttled_periods = process.throttled_periods;
}

void add_steal(model::TrialResult& trial, const host::CpusInWindow& cpus) {
    if (cpus.time.all > Nanoseconds{0})
        trial.contender_steal_share =
            std::clamp(seconds(cpus.time.stolen) / seconds(cpus.time.all), 0.0, 1.0);
    if (cpus.added_steal > Nanoseconds{0}) trial.contender_steal_added = cpus.added_steal;
}

}  // namespace

Status UsageProbe::begin(TimePoint start, TimePoint end) {
    std::vector<host::UsageSource> sources;
    for (const Watched& one : watched_)
        sources.push_back(one.source);
    sampler_.emplace(std::move(sources), start, end);
    return {};
}

Status UsageProbe::finish(model::TrialResult& trial) {
    JOUST_TRY(const host::WindowUsage window, sampler_->finish());
    std::optional<model::CpuTime> on_contender_cpus;
    for (std::size_t i = 0; i < watched_.size(); ++i) {
        const model::Usage& usage = window.parties[i];
        if (watched_[i].resting)
            trial.resting_cpu = trial.resting_cpu.value_or(Nanoseconds{0}) + usage.cpu.total();
        else if (!watched_[i].role)
            on_contender_cpus = usage.cpu;  // less added steal
        else if (watched_[i].role == Role::generator)
            complete(trial.party(Role::generator)->usage, usage);
        else
            trial.party(*watched_[i].role)->usage = usage;
    }
    if (window.cpus) add_steal(trial, *window.cpus);
    if (on_contender_cpus)
        trial.contender_cpu_taken = std::max(
            Nanoseconds{0}, on_contender_cpus->total() - trial.party(Role::contender)->usage.cpu.total() -
                                trial.resting_cpu.value_or(Nanoseconds{0}));
    return {};
}

}  // namespace joust::probes
