#include "rules/verification.hpp"

#include <algorithm>

namespace joust::rules {
namespace {

// The server itself may make a commit durable before its session does: its writer of the log comes by every
// ten seconds, a snapshot of its writer of pages every fifteen, and whoever answers slowly is looked at that
// long.
constexpr std::uint64_t k_durable_by_chance = 3;
constexpr std::uint64_t k_early_by_chance = 1;       // no reason for one is known
constexpr std::uint64_t k_late_files_by_chance = 1;  // nor for this

bool loses_work(const model::Audit& audit) {
    return audit.lost + audit.partial > 0;
}

// A program that waits for its file calls for it once in each transaction.
bool too_few(const model::CommitSyncs& counted) {
    return counted.syncs < counted.transactions;
}

// A trial's counters on SQLite do not tell which rows a transaction changed; single requests have, and their
// syncs whether it was durable.
bool completed(const model::NotEvaluated& left, const model::Verification& one) {
    return left.in_counters && left.in_part && (left.in_files || left.no_files) && one.one_by_one &&
           one.syncs;
}

}  // namespace

std::vector<model::Misdeed> misdeeds(const model::Verification& one) {
    std::vector<model::Misdeed> found;
    const bool first = one.slow_commits && one.slow_commits->before_commit > k_early_by_chance;
    const bool soon = one.slow_commits && one.slow_commits->before_durable > k_durable_by_chance;
    const bool lost = one.crash && loses_work(*one.crash);
    const auto& single = one.one_by_one;
    const bool late = single && single->late > 0;
    const bool other = single && single->as_contract + single->late < single->requests;
    // Whoever commits after its answer makes its file durable after it, too.
    const bool unsynced =
        one.syncs && (too_few(*one.syncs) || (!late && one.syncs->early > k_early_by_chance));
    if (first || late) found.push_back(model::Misdeed::answers_first);
    if (other) found.push_back(model::Misdeed::other_rows);
    if (soon || (lost && !first) || unsynced) found.push_back(model::Misdeed::not_durable);
    if (one.files && one.files->late > k_late_files_by_chance) found.push_back(model::Misdeed::files_late);
    return found;
}

model::Proof proof(const model::Judgement& judgement, const model::Verification& one) {
    const bool voided =
        std::any_of(judgement.findings.begin(), judgement.findings.end(), [](const model::Finding& finding) {
            return finding.effects().worst() == model::Effect::voids &&
                   model::row(finding.rule).doing == model::Doing::contender;
        });
    if (voided || !misdeeds(one).empty()) return model::Proof::missed;
    const bool whole = std::none_of(judgement.not_evaluated.begin(), judgement.not_evaluated.end(),
                                    [&](const model::NotEvaluated& left) {
                                        return left.rule == model::Rule::effects && !completed(left, one);
                                    });
    return whole && one.left_out.empty() ? model::Proof::proven : model::Proof::open;
}

}  // namespace joust::rules
