#pragma once

#include <span>
#include <vector>

#include "analysis/cell.hpp"

namespace joust::analysis {

/// Each operation of a mix for itself, over the trials of one entrant at one level, in their order; empty
/// where there are less than two. Of an invalid cell all trials count, as in its other figures.
std::vector<model::OperationFigures> operation_figures(std::span<const JudgedTrial> trials,
                                                       bool of_all_trials);

}  // namespace joust::analysis
