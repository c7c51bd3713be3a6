#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "analysis/cell.hpp"
#include "model/comparison.hpp"
#include "stats/looks.hpp"

namespace joust::analysis {

/// What a ratio is taken from: the judged trials and the cells that they make. All outlive it.
struct Evidence {
    const std::vector<JudgedTrial>& trials;
    const std::vector<model::Cell>& cells;
    const std::vector<std::int64_t>& levels;
    model::LoadModel load_model;
    const model::ExperimentSpec& experiment;
    /// Half-widths that the baseline had against itself, by quantity (model::HostFloor); empty without such
    /// an entrant.
    std::map<model::Quantity, double> floors = {};
    stats::RunState state = stats::RunState::going_on;  ///< by its budget; see state_of()

    [[nodiscard]] const model::Cell* cell(const std::string& entrant, std::int64_t level) const;
    /// Of practical equivalence: the benchmark's, or what this host could tell apart where that is more.
    [[nodiscard]] double margin(model::Quantity quantity) const;
};

/// What is compared with what: the first is divided by the second.
struct Sides {
    const std::string& entrant;
    const std::string& baseline;
};

}  // namespace joust::analysis
