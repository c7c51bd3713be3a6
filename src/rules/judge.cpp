#include "rules/judge.hpp"

#include <algorithm>
#include <limits>

#include "rules/effects.hpp"
#include "rules/processes.hpp"
#include "rules/stood_still.hpp"
#include "rules/trial_rules.hpp"

namespace joust::rules {
namespace {

constexpr double k_all_but_used_up =
    0.9;  // of its CPU limit: a contender that has all the work that it can do

// Whether the contender used that share of its CPUs, of which it can use `most`, and of their time that is
// `left`.
std::optional<bool> all_but_used_up(const model::TrialResult& trial,
                                    double most = std::numeric_limits<double>::max(), double left = 1) {
    const model::Party* contender = trial.party(model::Role::contender);
    if (contender == nullptr || !contender->limits_in_force || trial.samples.window <= Nanoseconds{0})
        return std::nullopt;
    const model::LimitsInForce& limits = *contender->limits_in_force;
    const double cpus = std::min(most, limits.cpu_quota.value_or(static_cast<double>(limits.cpu_set.size())));
    return seconds(contender->usage.cpu.total()) >=
           k_all_but_used_up * cpus * left * seconds(trial.samples.window);
}

// Workers of one thread each have no more CPUs than they are, and nobody has the time that a hypervisor took.
std::optional<bool> may_be_used_up(const model::TrialResult& trial) {
    const bool known = trial.processes && trial.processes->workers > 0;
    const double workers = known ? trial.processes->workers : std::numeric_limits<double>::max();
    return all_but_used_up(trial, workers, 1 - trial.contender_steal_share.value_or(0));
}

void add_generator_rules(model::Judgement& judgement, const GeneratorCase& load) {
    for (const GeneratorRule rule : generator_rules())
        add(judgement, rule(load));
}

}  // namespace

model::Judgement judge(const model::TrialResult& trial, const model::ExperimentSpec& experiment) {
    model::Judgement judgement;
    for (const TrialRule rule : trial_rules())
        add(judgement, rule(trial, experiment));
    const model::Party* generator = trial.party(model::Role::generator);
    add_generator_rules(judgement, {.samples = trial.samples,
                                    .generator = generator != nullptr ? generator->usage : model::Usage{},
                                    .load_model = trial.load_model,
                                    .target_busy = all_but_used_up(trial).value_or(false),
                                    .target_may_be_busy = may_be_used_up(trial).value_or(true),
                                    .target_steal_share = trial.contender_steal_share});
    add(judgement, foreign_requests(trial));
    add(judgement, effects(trial));
    add(judgement, processes(trial));
    add(judgement, stood_still(trial));
    // What voids comes first: it is what is told of a trial in few words.
    const auto others = std::stable_partition(
        judgement.findings.begin(), judgement.findings.end(),
        [](const model::Finding& finding) { return finding.effects().worst() == model::Effect::voids; });
    // Whoever answers without the work may well be faster than any generator.
    std::stable_partition(judgement.findings.begin(), others, [](const model::Finding& finding) {
        return model::row(finding.rule).doing != model::Doing::generator;
    });
    judgement.validity = validity_of(judgement.findings);
    return judgement;
}

model::Judgement self_check(const GeneratorCase& load) {
    model::Judgement judgement;
    add_generator_rules(judgement, load);
    // Nobody ranks a load for itself, whose times are half of what it is for.
    const bool times_void =
        model::has_effect(judgement.findings, model::Effect::voids, model::Aspect::latency);
    judgement.validity = times_void ? model::Validity::invalid : validity_of(judgement.findings);
    return judgement;
}

}  // namespace joust::rules
