#include "analysis/lint_operations.hpp"

#include <algorithm>

namespace joust::analysis {
namespace {

using model::Cell;
using model::Lint;
using model::LintKind;
using model::LintSide;
using model::OperationFigures;

/// One operation, of two entrants at one level.
struct Medians {
    std::string operation;
    double first_ns = 0;
    double second_ns = 0;

    [[nodiscard]] double ratio() const { return first_ns / second_ns; }
};

// Without those that are only lower bounds.
std::optional<double> median(const OperationFigures& figures) {
    const model::Estimate* estimate = figures.find(model::Quantity::response_time_p50);
    return estimate == nullptr || estimate->at_least || estimate->value <= 0 ? std::nullopt
                                                                             : std::optional(estimate->value);
}

std::vector<Medians> medians(const Cell& first, const Cell& second) {
    std::vector<Medians> found;
    for (const OperationFigures& one : first.operations)
        for (const OperationFigures& other : second.operations) {
            const auto first_ns = median(one);
            const auto second_ns = median(other);
            if (one.name == other.name && first_ns && second_ns)
                found.push_back({one.name, *first_ns, *second_ns});
        }
    return found;
}

// The operation in which the first is ahead most, and that in which it is behind most; empty where it is not
// both.
std::optional<std::pair<Medians, Medians>> crossed(const Cell& first, const Cell& second, double margin) {
    const std::vector<Medians> all = medians(first, second);
    if (all.empty()) return std::nullopt;
    const auto [sooner, later] = std::minmax_element(
        all.begin(), all.end(), [](const Medians& a, const Medians& b) { return a.ratio() < b.ratio(); });
    if (sooner->ratio() * (1 + margin) >= 1 || later->ratio() <= 1 + margin) return std::nullopt;
    return std::pair(*sooner, *later);
}

std::optional<Lint> order_of(const LintCase& about, const std::string& first, const std::string& second) {
    for (const std::int64_t level : about.comparison.levels) {
        const Cell* one = sound_cell(about, first, level);
        const Cell* other = sound_cell(about, second, level);
        if (one == nullptr || other == nullptr) continue;
        const auto found = crossed(*one, *other, about.comparison.margin);
        if (!found) continue;
        Lint lint{.kind = LintKind::operation_order, .subject = {}, .sides = {}, .level = level};
        for (const Medians& of_both : {found->first, found->second}) {
            lint.sides.push_back({.entrant = first, .value = of_both.first_ns, .text = of_both.operation});
            lint.sides.push_back({.entrant = second, .value = of_both.second_ns, .text = of_both.operation});
        }
        return lint;
    }
    return std::nullopt;
}

}  // namespace

std::vector<Lint> mixed_operations(const LintCase& about) {
    Lint lint{.kind = LintKind::operations, .subject = {}, .sides = {}};
    double all = 0;
    for (const Cell& cell : about.comparison.cells)
        for (const OperationFigures& one : cell.operations) {
            const auto requests = static_cast<double>(one.requests.started);
            auto known = std::find_if(lint.sides.begin(), lint.sides.end(),
                                      [&](const LintSide& side) { return side.text == one.name; });
            if (known == lint.sides.end())
                known = lint.sides.insert(known, {.entrant = {}, .value = 0, .text = one.name});
            *known->value += requests;
            all += requests;
        }
    if (lint.sides.size() < 2 || all == 0) return {};
    for (LintSide& side : lint.sides)
        *side.value /= all;
    return {std::move(lint)};
}

std::vector<Lint> operation_order(const LintCase& about) {
    std::vector<Lint> found;
    const std::vector<std::string> entrants = compared_entrants(about);
    for (std::size_t i = 0; i < entrants.size(); ++i)
        for (std::size_t j = i + 1; j < entrants.size(); ++j)
            if (auto lint = order_of(about, entrants[i], entrants[j])) found.push_back(std::move(*lint));
    return found;
}

}  // namespace joust::analysis
