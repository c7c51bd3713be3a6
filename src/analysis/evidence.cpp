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
    return floor == floors.end() ? experiment.margin : std::max(experiment.margin, floor->second.floor);
}

std::optional<double> Evidence::floor(model::Quantity quantity) const {
    const auto floor = floors.find(quantity);
    return floor != floors.end() && floor->second.different ? std::optional(floor->second.floor)
                                                            : std::nullopt;
}

void Evidence::know(const std::vector<model::HostFloor>& of_host) {
    for (const model::HostFloor& floor : of_host)
        floors[floor.quantity] = floor;
}

}  // namespace joust::analysis
