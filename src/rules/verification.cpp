#include "rules/verification.hpp"

#include <algorithm>

#include "rules/single_requests.hpp"

namespace joust::rules {
namespace {

constexpr std::uint64_t k_late_files_by_chance = 1;  // no reason for one is known

bool loses_work(const model::Audit& audit) {
    return audit.problem.empty() && audit.lost + audit.partial > 0;
}

}  // namespace

std::vector<model::Misdeed> misdeeds(const model::Verification& one) {
    std::vector<model::Misdeed> found;
    if (one.slow_commits) found = misdeeds(*one.slow_commits);
    const bool lost = one.crash && loses_work(*one.crash);
    if (lost && found.empty()) found.push_back(model::Misdeed::not_durable);
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
