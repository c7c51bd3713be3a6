#include "rules/trial_rules.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "model/wording.hpp"
#include "rules/error_rate.hpp"
#include "rules/waits.hpp"
#include "stats/trend.hpp"

namespace joust::rules {
namespace {

constexpr double k_trend_by_chance = 0.01;

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
    share.wrong_ids = share.most == model::RequestErrorKind::body && mostly_wrong_ids(trial.samples.ids);
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

// How far goodput moved from one half of the window to the other, beyond chance (three standard deviations of
// the difference of two counts); empty where it did not.
std::optional<double> moved_between_halves(const model::Samples& samples) {
    const auto& halves = samples.conduct.halves;
    if (halves.size() != 2) return std::nullopt;
    const auto first = static_cast<double>(halves[0].answered);
    const auto second = static_cast<double>(halves[1].answered);
    if (first + second == 0) return std::nullopt;
    const double moved = std::abs(first - second) / ((first + second) / 2);
    const double chance = 6 / std::sqrt(first + second);
    return moved > std::hypot(k_steady_tolerance, chance) ? std::optional(moved) : std::nullopt;
}

// How far goodput moved from the beginning of the window to its end, by a line through its whole seconds that
// is clearly no chance. A line that moves by so much moves the halves by half of it.
std::optional<double> moved_along_window(const model::Samples& samples) {
    std::vector<double> answered;
    for (const model::SecondOfLoad& second : samples.seconds)
        if (second.second >= 0 && std::chrono::seconds(second.second + 1) <= samples.window)
            answered.push_back(static_cast<double>(second.succeeded));
    const auto line = stats::trend(answered);
    if (!line || line->p_value >= k_trend_by_chance) return std::nullopt;
    const double moved = std::abs(line->change);
    return moved > 2 * k_steady_tolerance ? std::optional(moved) : std::nullopt;
}

// In words; "" where it did not. An open model's is what is due.
std::string moved_in_window(const model::TrialResult& trial) {
    if (trial.load_model != model::LoadModel::closed) return "";
    if (const auto moved = moved_between_halves(trial.samples))
        return fmt::format("goodput moved by {} from the first half of the window to the second",
                           model::percent(*moved));
    if (const auto moved = moved_along_window(trial.samples))
        return fmt::format("goodput moved by {} from the beginning of the window to its end",
                           model::percent(*moved));
    return "";
}

// The threads of the contender that waited for a CPU, where they were more than may run.
std::optional<double> threads_without_cpu(const model::TrialResult& trial) {
    const model::Party* contender = trial.party(model::Role::contender);
    const auto limits = contender_limits(trial);
    if (!limits || !contender->usage.run_delay || trial.samples.window <= Nanoseconds{0}) return std::nullopt;
    const double waiting = seconds(*contender->usage.run_delay) / seconds(trial.samples.window);
    const double cpus = limits->cpu_quota.value_or(static_cast<double>(limits->cpu_set.size()));
    return waiting > std::max(cpus, 1.0) ? std::optional(waiting) : std::nullopt;
}

Outcome steady_state(const model::TrialResult& trial, const model::ExperimentSpec& /*experiment*/) {
    const model::SteadyState reached = model::steady_state(trial.warmup);
    const std::string moved = moved_in_window(trial);
    if (reached == model::SteadyState::all && moved.empty()) return Holds{};
    model::Unsteady facts{trial.warmup.length, trial.warmup.why, threads_without_cpu(trial)};
    if (!moved.empty() && reached != model::SteadyState::none) facts.why = moved;
    const bool goodput_settled = reached != model::SteadyState::none && moved.empty();
    return Finding{.rule = goodput_settled ? Rule::latency_not_steady : Rule::no_steady_state,
                   .facts = std::move(facts)};
}

Outcome body_not_delayed(const model::TrialResult& trial, const model::ExperimentSpec& /*experiment*/) {
    if (auto found = delayed_body(trial.samples)) return *std::move(found);
    return Holds{};
}

Outcome not_bound_by_think_time(const model::TrialResult& trial, const model::ExperimentSpec& /*spec*/) {
    if (trial.load_model != model::LoadModel::closed) return Holds{};
    if (auto found = think_time(trial.samples, trial.think_time.value_or(Nanoseconds{0})))
        return *std::move(found);
    return Holds{};
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

// Whoever rests has nothing to ask of the server that all share.
Outcome database_of_its_own(const model::TrialResult& trial, const model::ExperimentSpec& /*experiment*/) {
    if (!trial.database_waits || trial.database_waits->samples == 0) return Holds{};
    model::DatabaseTaken found{.contenders = {}, .share = 0, .limit = k_database_taken_max};
    for (const auto& [contender, samples] : trial.database_waits->others) {
        const double share = trial.database_waits->mean(samples);
        if (samples <= k_met_by_chance || share <= k_database_taken_max) continue;
        found.contenders.push_back(contender);
        found.share = std::max(found.share, share);
    }
    if (found.contenders.empty()) return Holds{};
    return Finding{.rule = Rule::database_taken, .facts = std::move(found)};
}

}  // namespace

std::span<const TrialRule> trial_rules() {
    static constexpr std::array<TrialRule, 13> rules{
        errors,
        happened<Rule::service_restarted, IncidentKind::service_restarted>,
        happened<Rule::limits_not_in_force, IncidentKind::limits_not_in_force>,
        service_died,
        happened<Rule::out_of_memory, IncidentKind::out_of_memory>,
        happened<Rule::clock_jumped, IncidentKind::clock_jumped>,
        few_operations,
        limits_off,
        steady_state,
        cpu_of_its_own,
        database_of_its_own,
        not_bound_by_think_time,
        body_not_delayed};
    return rules;
}

}  // namespace joust::rules
