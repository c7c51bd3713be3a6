#include "analysis/measured.hpp"

#include <algorithm>

namespace joust::analysis {
namespace {

using model::Cell;
using model::Measured;

// CPU time per operation, say, is work whatever was waited for: the rules leave it alone.
bool touches(const model::Finding& finding, model::Rule rule, model::Quantity quantity) {
    return finding.rule == rule && finding.effects().on(model::row(quantity).aspect) != model::Effect::none;
}

Measured measured_of(const Cell& cell, model::Quantity quantity) {
    Measured found = Measured::work;
    for (const model::Finding& finding : cell.judgement.findings) {
        if (touches(finding, model::Rule::nobody_busy, quantity)) return Measured::wait;
        if (touches(finding, model::Rule::think_time, quantity)) found = Measured::load;
    }
    return found;
}

}  // namespace

Measured measured(const model::Comparison& comparison, const std::vector<std::string>& entrants,
                  model::Quantity quantity, std::optional<std::int64_t> level) {
    Measured found = Measured::work;
    for (const std::int64_t one : comparison.levels) {
        if (level && one != *level) continue;
        std::vector<const Cell*> cells;
        for (const std::string& entrant : entrants)
            if (const Cell* cell = comparison.cell(entrant, one)) cells.push_back(cell);
        if (std::any_of(cells.begin(), cells.end(), [](const Cell* cell) { return in_no_ratio(*cell); }))
            continue;
        for (const Cell* cell : cells)
            found = std::max(found, measured_of(*cell, quantity));
    }
    return found;
}

}  // namespace joust::analysis
