#pragma once

#include "analysis/lint.hpp"

// Of the lint, what is to be known where several operations are told as one number.
namespace joust::analysis {

/// The operations of a mix, each with its share of the requests.
std::vector<model::Lint> mixed_operations(const LintCase& about);
/// One for each two entrants of which one answers an operation sooner, and another one later, by medians that
/// lie further apart than the margin; at the lowest such level.
std::vector<model::Lint> operation_order(const LintCase& about);

}  // namespace joust::analysis
