#pragma once

#include <span>
#include <vector>

#include "analysis/cell.hpp"

namespace joust::analysis {

/// Each operation of a mix for itself, over the trials of one entrant at one level, in their order; empty
/// where there are less than two. With `of_all_trials` void ones count, too, as in the other figures of a
/// cell that is in no ratio.
std::vector<model::OperationFigures> operation_figures(std::span<const JudgedTrial> trials,
                                                       bool of_all_trials);

}  // namespace joust::analysis
