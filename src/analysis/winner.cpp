#include "analysis/winner.hpp"

#include <algorithm>

namespace joust::analysis {
namespace {

bool contenders_doing(const model::Finding& finding) {
    return finding.effects().worst() == model::Effect::voids &&
           model::row(finding.rule).doing == model::Doing::contender;
}

bool invalid_otherwise(const model::Judgement& judgement) {
    return judgement.validity == model::Validity::invalid &&
           std::none_of(judgement.findings.begin(), judgement.findings.end(), contenders_doing);
}

}  // namespace

std::optional<std::string> winner(const Evidence& evidence, const std::vector<std::string>& contenders) {
    if (contenders.size() < 2 || std::any_of(evidence.cells.begin(), evidence.cells.end(), model::invalid))
        return std::nullopt;
    for (const std::string& candidate : contenders) {
        const bool beats_all =
            std::all_of(contenders.begin(), contenders.end(), [&](const std::string& other) {
                return other == candidate ||
                       pooled_ratio(evidence, model::Quantity::goodput, {candidate, other}).verdict ==
                           model::Verdict::faster;
            });
        if (beats_all) return candidate;
    }
    return std::nullopt;
}

bool comparable(const model::Comparison& comparison) {
    const auto& judgements = comparison.trial_judgements;
    if (std::any_of(judgements.begin(), judgements.end(), invalid_otherwise)) return false;
    const auto ranked = [](const model::PairedRatio& ratio) {
        return ratio.quantity == model::Quantity::goodput && ratio.level && ratio.pairs > 0;
    };
    return comparison.entrants.size() < 2 ||
           std::any_of(comparison.ratios.begin(), comparison.ratios.end(), ranked);
}

}  // namespace joust::analysis
