#include "rules/effects.hpp"

#include <algorithm>
#include <utility>

#include "rules/files.hpp"
#include "rules/single_requests.hpp"

namespace joust::rules {
namespace {

using model::Misdeed;
using model::ObservedEffects;

// The requests that may have changed something: at least those that were answered rightly.
struct Between {
    std::uint64_t least = 0;
    std::uint64_t most = 0;
};

// So far as its keys are numbered. Whoever chooses keys of its own makes the numbering jump, so that more of
// it proves nothing.
bool inserts_hold(const ObservedEffects& effects) {
    const auto missed = rows_missed(effects);
    return std::none_of(missed.begin(), missed.end(), [](const model::RowsMissed& one) { return one.fewer; });
}

bool all_inserts_counted(const ObservedEffects& effects) {
    return std::all_of(effects.contract.begin(), effects.contract.end(),
                       [&](const auto& table) { return effects.counters->inserted.contains(table.first); });
}

std::vector<Misdeed> counted_misdeeds(const ObservedEffects& effects, const Between& requests,
                                      bool rows_audited) {
    const auto transactions = static_cast<std::uint64_t>(effects.transactions);
    const std::uint64_t commits = effects.commits();
    const bool inserts = inserts_hold(effects);
    std::vector<Misdeed> found;
    if (commits < requests.least * transactions)
        found.push_back(inserts && rows_audited ? Misdeed::one_for_several : Misdeed::no_commit);
    else if (transactions > 0 && commits > requests.most * transactions)
        found.push_back(Misdeed::several_for_one);
    if (!inserts && (found.empty() || found.front() != Misdeed::no_commit))
        found.push_back(Misdeed::other_rows);
    return found;
}

}  // namespace

// So many sessions can share one sync, and a server whose commits are asynchronous syncs on its own every
// 200 ms and every megabyte of log (wal_writer_delay, wal_writer_flush_after; a request writes some 5 kB).
// A count that is not clearly apart from that says nothing of the contender.
model::DurabilityProof durability(const model::LogSyncs& log) {
    using Durability = model::DurabilityProof;
    constexpr double k_leeway = 2;
    constexpr double k_own_syncs_per_s = 5;
    constexpr double k_own_syncs_per_commit = 0.005;
    constexpr double k_clearly_more = 1.3;
    if (!log.syncs || log.most_sessions == 0) return Durability::open;
    const auto commits = static_cast<double>(log.commits);
    const double required = commits / static_cast<double>(log.most_sessions) / k_leeway;
    const double own = k_own_syncs_per_s * seconds(log.elapsed) + k_own_syncs_per_commit * commits;
    const auto syncs = static_cast<double>(*log.syncs);
    const bool enough = syncs >= required;
    if ((enough ? syncs : required) < k_clearly_more * own) return Durability::open;
    return enough ? Durability::proven : Durability::missed;
}

// Whether all commits beyond those of the run's requests are accounted for by rows of ids that it never had.
// They are work that somebody asked for, not the contender's deed.
std::optional<model::ForeignRequests> requests_of_others(const ObservedEffects& effects,
                                                         const std::optional<model::Audit>& audit) {
    if (!effects.declared() || !effects.not_read.empty() || effects.transactions <= 0) return std::nullopt;
    if (!audit || !audit->problem.empty() || audit->rows_left <= 0) return std::nullopt;
    const auto transactions = static_cast<std::uint64_t>(effects.transactions);
    const std::uint64_t requests = audit->foreign_rows / static_cast<std::uint64_t>(audit->rows_left);
    const std::uint64_t own = effects.acknowledged + effects.unknown;
    const std::uint64_t commits = effects.commits();
    if (commits <= own * transactions || commits > (own + requests) * transactions) return std::nullopt;
    return model::ForeignRequests{.requests = requests, .commits = commits, .generators = own};
}

Outcome foreign_requests(const model::TrialResult& trial) {
    if (const auto found = trial.effects ? requests_of_others(*trial.effects, trial.audit) : std::nullopt)
        return model::Finding{.rule = model::Rule::foreign_requests, .facts = *found};
    return Holds{};
}

std::optional<model::DurabilityProof> durability(const model::TrialResult& trial) {
    using Durability = model::DurabilityProof;
    const auto& effects = trial.effects;
    if (!effects || !effects->not_read.empty() || !effects->log_syncs) return std::nullopt;
    const Durability by_log = durability(*effects->log_syncs);
    if (!trial.single_requests || by_log == Durability::missed) return by_log;
    if (!misdeeds(*trial.single_requests).empty()) return Durability::missed;
    return as_contract(*trial.single_requests) ? by_log : Durability::open;
}

std::vector<Misdeed> misdeeds(const ObservedEffects& effects, const std::optional<model::Audit>& audit) {
    std::vector<Misdeed> found;
    if (!effects.declared() || !effects.not_read.empty()) return found;
    const auto transactions = static_cast<std::uint64_t>(effects.transactions);
    const auto foreign = requests_of_others(effects, audit);
    const Between requests{effects.acknowledged,
                           effects.acknowledged + effects.unknown + (foreign ? foreign->requests : 0)};
    if (effects.counters) return counted_misdeeds(effects, requests, audit && audit->as_contract());
    const auto rows_wrong = rows_missed(effects);
    const bool rows = std::none_of(rows_wrong.begin(), rows_wrong.end(),
                                   [&](const model::RowsMissed& one) { return one.fewer || !foreign; });
    const std::uint64_t commits = effects.commits();
    const std::uint64_t least = requests.least * transactions;
    if (commits < least) {
        const bool mostly_rolled_back = effects.rolled_back * 2 >= least - commits;
        found.push_back(rows                 ? Misdeed::one_for_several
                        : mostly_rolled_back ? Misdeed::rolled_back
                                             : Misdeed::no_commit);
    } else if (transactions > 0 && commits > requests.most * transactions) {
        found.push_back(Misdeed::several_for_one);
    }
    const bool shapes = transactions != 1 || effects.as_declared() == commits;
    if (transactions == 1 ? !shapes && (!rows || found.empty()) : !rows && found.empty())
        found.push_back(Misdeed::other_rows);
    if (effects.log_syncs && durability(*effects.log_syncs) == model::DurabilityProof::missed)
        found.push_back(Misdeed::not_durable);
    if (found.empty() && effects.answers_ahead.value_or(0) > 0) found.push_back(Misdeed::answers_first);
    return found;
}

Outcome effects(const model::TrialResult& trial) {
    model::EffectsMissed missed;
    if (trial.audit && !trial.audit->as_contract()) missed.audit = trial.audit;
    if (trial.effects) missed.misdeeds = misdeeds(*trial.effects, trial.audit);
    const bool tables = trial.effects && !trial.effects->tables.empty();
    if (tables || !missed.misdeeds.empty()) missed.observed = trial.effects;
    for (const model::IssuedIds& thread : trial.samples.ids)
        missed.misdelivered += thread.misdelivered;
    if (trial.files) missed.files_missed = files_missed(*trial.files);
    if (!missed.files_missed.empty()) missed.files = trial.files;
    if (trial.own_settings) missed.not_durable = model::against_durability(*trial.own_settings);
    if (trial.single_requests) missed.single_misdeeds = misdeeds(*trial.single_requests);
    if (!missed.single_misdeeds.empty()) missed.single = trial.single_requests;
    if (missed.audit || missed.observed || missed.files || missed.misdelivered > 0 ||
        !missed.not_durable.empty() || missed.single)
        return model::Finding{.rule = model::Rule::effects, .facts = std::move(missed)};
    const bool declared = trial.effects && trial.effects->declared();
    const bool read = declared && trial.effects->not_read.empty();
    const bool counted = read && trial.effects->counters;
    const bool files_declared = trial.files && trial.files->declared();
    model::NotEvaluated left{
        .rule = model::Rule::effects,
        .in_part = trial.audit.has_value(),
        .in_log = read && !counted,
        .in_counters = counted && trial.effects->transactions > 0,
        .inserts_counted = counted && all_inserts_counted(*trial.effects),
        .in_files = files_declared && files_as_contract(*trial.files),
        .no_files = trial.files && !files_declared,
        .durability_open = declared && trial.effects->log_syncs &&
                           durability(*trial.effects->log_syncs) == model::DurabilityProof::open,
        .undeclared = trial.effects && !declared && !files_declared,
        .single = trial.single_requests};
    // Trials of a verification on a server have no such requests: it judges what it tried itself.
    const bool single = trial.single_requests ? as_contract(*trial.single_requests) : left.in_log;
    const bool transactions = (left.in_log || left.in_counters) && single;
    if (left.in_part && transactions && (left.in_files || left.no_files) && !left.durability_open)
        return Holds{};
    return left;
}

std::optional<model::Proof> effects_proof(const model::Judgement& judgement) {
    const auto of_effects = [](const auto& one) { return one.rule == model::Rule::effects; };
    if (judgement.has(model::Rule::effects)) return model::Proof::missed;
    const auto& not_evaluated = judgement.not_evaluated;
    const auto left = std::find_if(not_evaluated.begin(), not_evaluated.end(), of_effects);
    if (left == not_evaluated.end()) return model::Proof::proven;
    if (left->undeclared) return std::nullopt;
    return model::Proof::open;
}

}  // namespace joust::rules
