#include "analysis/winner.hpp"

#include <algorithm>

#include "analysis/ratios.hpp"

namespace joust::analysis {
std::optional<std::string> winner(const Evidence& evidence, const std::vector<std::string>& contenders) {
    const auto failed = [&](const model::Cell& cell) {
        return cell.barred &&
               std::find(contenders.begin(), contenders.end(), cell.entrant) != contenders.end();
    };
    if (contenders.size() < 2 || std::any_of(evidence.cells.begin(), evidence.cells.end(), failed))
        return std::nullopt;
    const auto at_fault = [&](const std::string& candidate) {
        return std::any_of(evidence.cells.begin(), evidence.cells.end(), [&](const model::Cell& cell) {
            return cell.entrant == candidate && cell.trials_at_fault > 0;
        });
    };
    const auto beats = [&](const std::string& candidate, const std::string& other) {
        const model::PairedRatio ratio = pooled_ratio(evidence, model::Quantity::goodput, {candidate, other});
        return ratio.verdict == model::Verdict::faster && ratio.invalid_levels == 0;
    };
    for (const std::string& candidate : contenders) {
        const bool beats_all = std::all_of(
            contenders.begin(), contenders.end(),
            [&](const std::string& other) { return other == candidate || beats(candidate, other); });
        if (beats_all) return at_fault(candidate) ? std::nullopt : std::optional(candidate);
    }
    return std::nullopt;
}

bool comparable(const model::Comparison& comparison) {
    // Where there are others, the baseline against itself compares nobody.
    const bool others = comparison.entrants.size() > (comparison.again ? 2U : 1U);
    const auto ranked = [&](const model::PairedRatio& ratio) {
        return ratio.quantity == model::Quantity::goodput && ratio.level &&
               ratio.pairs + ratio.void_pairs.barred > 0 && !(others && comparison.again == ratio.entrant);
    };
    return comparison.entrants.size() < 2 ||
           std::any_of(comparison.ratios.begin(), comparison.ratios.end(), ranked);
}

}  // namespace joust::analysis
