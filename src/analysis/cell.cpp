#include "analysis/cell.hpp"

#include <algorithm>
#include <functional>

#include "analysis/operations.hpp"
#include "model/lower_bounds.hpp"
#include "rules/effects.hpp"
#include "rules/error_rate.hpp"
#include "rules/nobody_busy.hpp"
#include "rules/saturated.hpp"
#include "stats/mean_interval.hpp"

namespace joust::analysis {
namespace {

using model::Aggregate;
using model::Cell;
using model::Estimate;
using model::QuantityRow;
using model::TrialResult;

using Trials = std::vector<const TrialResult*>;

// Of the trials that have the figure.
std::vector<double> values(const QuantityRow& row, const Trials& trials) {
    std::vector<double> found;
    for (const TrialResult* trial : trials)
        if (const auto value = model::value(row.quantity, *trial)) found.push_back(*value);
    return found;
}

// The response times of several trials together.
struct MergedTimes {
    stats::Histogram times;
    std::uint64_t censored = 0;
    Nanoseconds shortest = Nanoseconds::max();
    bool starved = false;

    [[nodiscard]] model::LowerBounds bounds() const {
        return model::LowerBounds(
            {.times = times, .censored = censored, .shortest = shortest, .starved = starved});
    }
};

MergedTimes merged(const std::vector<const JudgedTrial*>& trials) {
    MergedTimes all;
    for (const JudgedTrial* judged : trials) {
        const model::Samples& samples = judged->trial->samples;
        all.times.merge(samples.response_time);
        all.censored += samples.censored;
        all.shortest = std::min(all.shortest, model::shortest_age(samples, judged->trial->timeout));
        all.starved = all.starved ||
                      has_effect(judged->judgement->findings, model::Effect::bounds, model::Aspect::latency);
    }
    return all;
}

Estimate of_requests(const QuantityRow& row, const MergedTimes& merged, const Trials& trials) {
    Estimate result = widened(model::value(row, merged.times), estimate(values(row, trials)));
    const model::LowerBounds bounds = merged.bounds();
    const bool quantile = row.quantile && *row.quantile < 1;
    result.at_least = quantile ? bounds.at_quantile(*row.quantile) : bounds.mean_and_max();
    return result;
}

std::optional<Estimate> largest(const std::vector<double>& values) {
    if (values.empty()) return std::nullopt;
    return Estimate{.value = *std::max_element(values.begin(), values.end())};
}

std::optional<Estimate> mean(const QuantityRow& row, const std::vector<double>& values) {
    if (values.empty()) return std::nullopt;
    Estimate result = estimate(values);
    if (row.aggregate == Aggregate::mean_of_all && result.high) result.high = std::min(*result.high, 1.0);
    return result;
}

void add_figures(Cell& cell, std::span<const JudgedTrial> trials) {
    std::vector<const JudgedTrial*> with_times;
    Trials counting;
    Trials timed;  // of these, those whose times may be used
    Trials all;
    for (const JudgedTrial& one : trials) {
        all.push_back(one.trial);
        if (!in_no_ratio(cell) && !one.counts()) continue;
        counting.push_back(one.trial);
        if (!in_no_ratio(cell) && !one.has(model::Aspect::latency)) continue;
        with_times.push_back(&one);
        timed.push_back(one.trial);
    }
    const MergedTimes times = merged(with_times);
    const auto figure = [&](const QuantityRow& row) -> std::optional<Estimate> {
        switch (row.aggregate) {
            case Aggregate::mean:
                return mean(row, values(row, counting));
            case Aggregate::of_requests:
                return times.times.empty() ? std::nullopt : std::optional(of_requests(row, times, timed));
            case Aggregate::largest:
                return largest(values(row, counting));
            case Aggregate::mean_of_all:
                return mean(row, values(row, all));
            case Aggregate::share_of_requests:
                return Estimate{.value = cell.error_rate()};
            case Aggregate::largest_of_all:
                break;
        }
        return largest(values(row, all));
    };
    for (const QuantityRow& row : model::quantities())
        if (const auto found = figure(row)) cell.figures[row.quantity] = *found;
}

void add_requests(Cell& cell, std::span<const JudgedTrial> trials) {
    for (const JudgedTrial& judged : trials) {
        const model::Samples& samples = judged.trial->samples;
        cell.requests.started += samples.requests.started;
        cell.requests.succeeded += samples.requests.succeeded;
        cell.requests.failed += samples.requests.failed;
        cell.requests.timed_out += samples.requests.timed_out;
        cell.requests.unfinished += samples.requests.unfinished;
        for (std::size_t kind = 0; kind < model::k_request_error_kinds; ++kind)
            cell.errors.count[kind] += samples.errors.count[kind];
        for (const auto& [status, count] : samples.statuses)
            cell.statuses[status] += count;
    }
}

void add_effects(Cell& cell, std::span<const JudgedTrial> trials) {
    for (const JudgedTrial& judged : trials) {
        const auto& effects = judged.trial->effects;
        if (!effects || !effects->not_read.empty()) continue;
        if (cell.effects)
            model::add(*cell.effects, *effects);
        else
            cell.effects = effects;
    }
}

void add_durability(Cell& cell, std::span<const JudgedTrial> trials) {
    for (const JudgedTrial& judged : trials) {
        const auto proof = rules::durability(*judged.trial);
        if (!proof) continue;
        switch (*proof) {
            case model::DurabilityProof::proven:
                ++cell.durability.proven;
                break;
            case model::DurabilityProof::missed:
                ++cell.durability.missed;
                break;
            case model::DurabilityProof::open:
                ++cell.durability.open;
                break;
        }
    }
}

void add_proofs(Cell& cell, std::span<const JudgedTrial> trials) {
    for (const JudgedTrial& judged : trials) {
        if (!cell.single_requests) cell.single_requests = judged.trial->single_requests;
        const auto proof = rules::effects_proof(*judged.judgement);
        // Nothing can be proven by nothing.
        const bool answered = judged.trial->samples.requests.succeeded > 0;
        if (!proof || (!answered && *proof == model::Proof::proven)) continue;
        switch (*proof) {
            case model::Proof::proven:
                ++cell.proofs.proven;
                break;
            case model::Proof::missed:
                ++cell.proofs.missed;
                break;
            case model::Proof::open:
                ++cell.proofs.open;
                break;
        }
    }
}

void add_audit(Cell& cell, std::span<const JudgedTrial> trials) {
    for (const JudgedTrial& judged : trials) {
        const auto& audit = judged.trial->audit;
        if (!audit) continue;
        if (cell.audit)
            model::add(*cell.audit, *audit);
        else
            cell.audit = audit;
    }
}

void add_files(Cell& cell, std::span<const JudgedTrial> trials) {
    for (const JudgedTrial& judged : trials) {
        const auto& files = judged.trial->files;
        if (!files || !files->evaluated()) continue;
        if (cell.files)
            model::add(*cell.files, *files);
        else
            cell.files = files;
    }
}

// The findings of its trials, each rule once with the number of trials that it was broken in. Those of
// invalid trials come first: the first finding of an invalid cell is what made it so.
std::vector<model::Finding> merged_findings(std::span<const JudgedTrial> trials) {
    std::vector<model::Finding> merged;
    std::vector<const JudgedTrial*> worst_first;
    for (const bool counting : {false, true})
        for (const JudgedTrial& judged : trials)
            if (judged.counts() == counting) worst_first.push_back(&judged);
    const int all = static_cast<int>(trials.size());
    for (const JudgedTrial* judged : worst_first)
        for (const model::Finding& finding : judged->judgement->findings) {
            const auto known = std::find_if(merged.begin(), merged.end(),
                                            [&](const auto& other) { return other.rule == finding.rule; });
            if (known == merged.end()) {
                merged.push_back(finding);
                merged.back().in = model::Occurrence{1, all};
            } else {
                ++known->in->trials;
            }
        }
    for (model::Finding& finding : merged)
        if (finding.in->trials == all) finding.in.reset();
    return merged;
}

std::vector<model::NotEvaluated> merged_not_evaluated(std::span<const JudgedTrial> trials) {
    std::vector<model::NotEvaluated> merged;
    for (const JudgedTrial& judged : trials)
        for (const model::NotEvaluated& one : judged.judgement->not_evaluated)
            if (std::none_of(merged.begin(), merged.end(),
                             [&](const auto& other) { return other.rule == one.rule; }))
                merged.push_back(one);
    return merged;
}

void judge_cell(Cell& cell, std::span<const JudgedTrial> trials, const model::ExperimentSpec& experiment) {
    cell.judgement.findings = merged_findings(trials);
    cell.judgement.not_evaluated = merged_not_evaluated(trials);
    const bool too_many_errors = cell.error_rate() > experiment.error_rate_max;
    if (too_many_errors) {
        // One figure for the cell, over all its requests, in place of the first trial's.
        auto& findings = cell.judgement.findings;
        model::ErrorShare share =
            rules::error_share(cell.error_rate(), experiment.error_rate_max, {cell.errors, cell.statuses});
        share.wrong_ids = share.most == model::RequestErrorKind::body &&
                          std::any_of(findings.begin(), findings.end(), [](const model::Finding& finding) {
                              const auto* errors = std::get_if<model::ErrorShare>(&finding.facts);
                              return errors != nullptr && errors->wrong_ids;
                          });
        std::erase_if(findings, [](const auto& other) { return other.rule == model::Rule::error_rate; });
        findings.insert(findings.begin(), {.rule = model::Rule::error_rate, .facts = std::move(share)});
    }
    // Trials that the host or the generator spoilt are no votes against it.
    cell.barred = too_many_errors || cell.trials_at_fault > cell.trials_that_count;
    if (cell.barred || cell.trials_that_count * 2 < cell.trials) {
        cell.judgement.validity = model::Validity::invalid;
    } else if (model::validity_of(cell.judgement.findings) != model::Validity::valid) {
        cell.judgement.validity = model::Validity::suspect;
    }
}

// Of the time of the contender's CPUs, what other programs took; empty where it has none of its own.
std::optional<double> taken_share(const TrialResult& trial) {
    const model::Party* contender = trial.party(model::Role::contender);
    if (!trial.contender_cpu_taken || contender == nullptr || !contender->limits_in_force ||
        trial.samples.window <= Nanoseconds{0})
        return std::nullopt;
    const auto cpus =
        static_cast<double>(std::max<std::size_t>(1, contender->limits_in_force->cpu_set.size()));
    return seconds(*trial.contender_cpu_taken + trial.resting_cpu.value_or(Nanoseconds{0})) /
           (seconds(trial.samples.window) * cpus);
}

// Over the trials of which it is known.
double mean_over(std::span<const JudgedTrial> trials, std::optional<double> (*share)(const TrialResult&)) {
    std::vector<double> shares;
    for (const JudgedTrial& judged : trials)
        if (const auto one = share(*judged.trial)) shares.push_back(*one);
    const auto mean = stats::mean_interval(shares);
    return mean ? mean->mean : 0;
}

// Of the time of the contender's CPUs, what others left.
double left_share(std::span<const JudgedTrial> trials) {
    return std::max(0.0, 1 - mean_over(trials, model::steal_share) - mean_over(trials, taken_share));
}

// What the cell has and its trials have not.
void add_own(model::Judgement& judgement, const rules::Outcome& outcome) {
    if (const auto* finding = std::get_if<model::Finding>(&outcome))
        judgement.validity = std::max(judgement.validity, model::validity_of({*finding}));
    rules::add(judgement, outcome);
}

}  // namespace

model::Estimate estimate(const std::vector<double>& values) {
    const auto mean = stats::mean_interval(values);
    if (!mean) return {};
    Estimate result{mean->mean, std::nullopt, std::nullopt};
    if (mean->interval) {
        result.low = std::max(0.0, mean->interval->low);
        result.high = mean->interval->high;
    }
    return result;
}

model::Estimate widened(double value, const model::Estimate& spread) {
    Estimate result{value, spread.low, spread.high};
    if (result.low) result.low = std::min(*result.low, value);
    if (result.high) result.high = std::max(*result.high, value);
    return result;
}

model::Cell make_cell(std::span<const JudgedTrial> trials, const model::Benchmark& benchmark) {
    const TrialResult& first = *trials.front().trial;
    Cell cell;
    cell.entrant = first.plan.entrant;
    cell.level = first.plan.level;
    cell.trials = static_cast<int>(trials.size());
    cell.trials_that_count =
        static_cast<int>(std::count_if(trials.begin(), trials.end(), std::mem_fn(&JudgedTrial::counts)));
    cell.trials_at_fault =
        static_cast<int>(std::count_if(trials.begin(), trials.end(), [](const JudgedTrial& judged) {
            return judged.fault() != model::Fault::none;
        }));
    add_requests(cell, trials);
    add_effects(cell, trials);
    add_durability(cell, trials);
    add_audit(cell, trials);
    add_files(cell, trials);
    add_proofs(cell, trials);
    judge_cell(cell, trials, benchmark.experiment);
    add_figures(cell, trials);
    cell.operations = operation_figures(trials, in_no_ratio(cell));
    auto saturated = rules::saturated(cell, first.timeout);
    const bool closed = first.load_model == model::LoadModel::closed;  // not so at an equal rate
    const rules::Outcome idle =
        closed ? rules::nobody_busy(cell, benchmark, left_share(trials)) : rules::Holds{};
    if (const auto* found = std::get_if<model::Finding>(&idle);
        saturated && found != nullptr && found->rule == model::Rule::nobody_busy)
        std::get<model::TimeoutReached>(saturated->facts).idle = true;
    if (saturated) add_own(cell.judgement, *saturated);
    add_own(cell.judgement, idle);
    return cell;
}

}  // namespace joust::analysis
