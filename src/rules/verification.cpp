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
    return audit.problem.empty() && audit.lost + audit.partial > 0;
}

}  // namespace

std::vector<model::Misdeed> misdeeds(const model::Verification& one) {
    std::vector<model::Misdeed> found;
    const bool first = one.slow_commits && one.slow_commits->before_commit > k_early_by_chance;
    const bool none = one.slow_commits && one.slow_commits->without_commit > k_early_by_chance;
    const bool soon = one.slow_commits && one.slow_commits->before_durable > k_durable_by_chance;
    const bool lost = one.crash && loses_work(*one.crash);
    if (none) found.push_back(model::Misdeed::no_commit);
    if (first) found.push_back(model::Misdeed::answers_first);
    if (soon || (lost && !first && !none)) found.push_back(model::Misdeed::not_durable);
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
    const bool whole =
        std::none_of(judgement.not_evaluated.begin(), judgement.not_evaluated.end(),
                     [](const model::NotEvaluated& left) { return left.rule == model::Rule::effects; });
    return whole && one.left_out.empty() ? model::Proof::proven : model::Proof::open;
}

}  // namespace joust::rules
