#include "analysis/evidence.hpp"

#include <algorithm>

namespace joust::analysis {

const model::Cell* Evidence::cell(const std::string& entrant, std::int64_t level) const {
    const auto found = std::find_if(cells.begin(), cells.end(), [&](const model::Cell& cell) {
        return cell.entrant == entrant && cell.level == level;
    });
    return found == cells.end() ? nullptr : &*found;
}

double Evidence::margin(model::Quantity quantity) const {
    const auto floor = floors.find(quantity);
    return floor == floors.end() ? experiment.margin : std::max(experiment.margin, floor->second);
}

}  // namespace joust::analysis
