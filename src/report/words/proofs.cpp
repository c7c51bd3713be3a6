#include "report/words/proofs.hpp"

#include <fmt/format.h>

#include <array>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text.hpp"
#include "model/wording.hpp"

namespace joust::report::words {

std::string audited_right(const model::Audit& audit) {
    const std::uint64_t all = audit.acknowledged();
    return audit.right == all ? fmt::format("all of {}", all) : fmt::format("{} of {}", audit.right, all);
}

std::string rows_left_each(const model::Audit& audit) {
    return model::counted(audit.rows_left, "row") + " each";
}

std::string audited_wrong(const model::Audit& audit) {
    if (!audit.problem.empty()) return audit.problem;
    const std::array<std::pair<std::uint64_t, std::string_view>, 5> counts{
        {{audit.lost, "lost"},
         {audit.partial, "partial"},
         {audit.duplicate, "duplicate"},
         {audit.wrong_values, "other values"},
         {audit.unknown_partial, "failed and partial"}}};
    std::vector<std::string> parts;
    for (const auto& [count, what] : counts)
        if (count > 0) parts.push_back(fmt::format("{} {}", count, what));
    return parts.empty() ? "none" : joust::joined(parts, ", ");
}

std::string proof_trials_text(const model::ProofTrials& trials) {
    const std::array<std::pair<int, std::string_view>, 3> counts{
        {{trials.missed, "missed"}, {trials.open, "open"}, {trials.proven, "proven"}}};
    std::vector<std::string> parts;
    for (const auto& [count, what] : counts) {
        if (count == 0) continue;
        if (count == trials.total()) return std::string(what);
        parts.push_back(parts.empty() ? fmt::format("{} ({} of {} trials)", what, count, trials.total())
                                      : fmt::format("{} ({})", what, count));
    }
    return parts.empty() ? "–" : joust::joined(parts, ", ");
}

}  // namespace joust::report::words
