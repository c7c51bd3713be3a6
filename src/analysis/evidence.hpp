#pragma once

#include <cstdint>
#include <map>
#include <optional>
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
    /// What the baseline against itself told of the host, by quantity; empty without such an entrant.
    std::map<model::Quantity, model::HostFloor> floors = {};
    stats::RunState state = stats::RunState::going_on;  ///< by its budget; see state_of()
    bool within_last_block = false;                     ///< see the function of that name

    [[nodiscard]] const model::Cell* cell(const std::string& entrant, std::int64_t level) const;
    /// Of practical equivalence: the benchmark's, or what this host could tell apart where that is more.
    [[nodiscard]] double margin(model::Quantity quantity) const;
    /// Where the baseline was told from itself: how far it was from 1.
    [[nodiscard]] std::optional<double> floor(model::Quantity quantity) const;
    /// Takes the floors of the run over.
    void know(const std::vector<model::HostFloor>& of_host);
};

/// What is compared with what: the first is divided by the second.
struct Sides {
    const std::string& entrant;
    const std::string& baseline;
};

}  // namespace joust::analysis
