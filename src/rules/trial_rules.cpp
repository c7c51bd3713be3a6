#include "rules/trial_rules.hpp"

#include <algorithm>
#include <array>

#include "rules/error_rate.hpp"

namespace joust::rules {
namespace {

using model::Finding;
using model::IncidentKind;
using model::NotEvaluated;
using model::Rule;

const model::Incident* incident(const model::TrialResult& trial, IncidentKind kind) {
    const auto found = std::find_if(trial.incidents.begin(), trial.incidents.end(),
                                    [kind](const model::Incident& one) { return one.kind == kind; });
    return found == trial.incidents.end() ? nullptr : &*found;
}

std::optional<model::LimitsInForce> contender_limits(const model::TrialResult& trial) {
    const model::Party* contender = trial.party(model::Role::contender);
    return contender == nullptr ? std::nullopt : contender->limits_in_force;
}

// Refused connections explain errors, which are judged; they are no rule of their own.
Outcome errors(const model::TrialResult& trial, const model::ExperimentSpec& experiment) {
    if (trial.samples.error_rate() <= experiment.error_rate_max) return Holds{};
    model::ErrorShare share = error_share(trial.samples.error_rate(), experiment.error_rate_max,
                                          {trial.samples.errors, trial.samples.statuses});
    share.database_refused = incident(trial, IncidentKind::database_connections) != nullptr;
    return Finding{.rule = Rule::error_rate, .facts = share};
}

template <Rule rule, IncidentKind kind>
Outcome happened(const model::TrialResult& trial, const model::ExperimentSpec& /*experiment*/) {
    const model::Incident* found = incident(trial, kind);
    if (found == nullptr) return Holds{};
    return Finding{.rule = rule, .facts = model::IncidentText{found->text}};
}

Outcome service_died(const model::TrialResult& trial, const model::ExperimentSpec& experiment) {
    if (trial.service.died && incident(trial, IncidentKind::service_died) == nullptr)
        return Finding{.rule = Rule::service_died, .facts = model::ServiceEnd{trial.service.exit}};
    return happened<Rule::service_died, IncidentKind::service_died>(trial, experiment);
}

Outcome few_operations(const model::TrialResult& trial, const model::ExperimentSpec& /*experiment*/) {
    if (trial.samples.completed_in_window >= k_least_operations) return Holds{};
    return Finding{.rule = Rule::few_operations,
                   .facts = model::FewOperations{trial.samples.completed_in_window, k_least_operations}};
}

Outcome limits_off(const model::TrialResult& trial, const model::ExperimentSpec& /*experiment*/) {
    if (contender_limits(trial)) return Holds{};
    return Finding{.rule = Rule::limits_off, .facts = {}};
}

Outcome steady_state(const model::TrialResult& trial, const model::ExperimentSpec& /*experiment*/) {
    if (trial.warmup.steady) return Holds{};
    return Finding{.rule = Rule::no_steady_state,
                   .facts = model::Unsteady{trial.warmup.length, trial.warmup.why}};
}

// Its limit is a promise of so many CPUs, which others on them break.
Outcome cpu_of_its_own(const model::TrialResult& trial, const model::ExperimentSpec& /*experiment*/) {
    const auto limits = contender_limits(trial);
    if (!trial.contender_cpu_taken || !limits) return NotEvaluated{Rule::cpu_taken, {}};
    const auto cpus = static_cast<double>(std::max<std::size_t>(1, limits->cpu_set.size()));
    const auto share = [&](Nanoseconds time) {
        return seconds(time) / (seconds(trial.samples.window) * cpus);
    };
    const double resting = share(trial.resting_cpu.value_or(Nanoseconds{0}));
    // A rival that waits for its turn costs next to nothing, or takes part where it should not.
    const double taken = share(*trial.contender_cpu_taken) + (resting > k_cpu_taken_max ? resting : 0);
    if (taken <= k_cpu_taken_max) return Holds{};
    return Finding{.rule = Rule::cpu_taken, .facts = model::ShareOverLimit{taken, k_cpu_taken_max}};
}

}  // namespace

std::span<const TrialRule> trial_rules() {
    static constexpr std::array<TrialRule, 10> rules{
        errors,
        happened<Rule::service_restarted, IncidentKind::service_restarted>,
        happened<Rule::limits_not_in_force, IncidentKind::limits_not_in_force>,
        service_died,
        happened<Rule::out_of_memory, IncidentKind::out_of_memory>,
        happened<Rule::clock_jumped, IncidentKind::clock_jumped>,
        few_operations,
        limits_off,
        steady_state,
        cpu_of_its_own};
    return rules;
}

}  // namespace joust::rules
