#pragma once

#include <string>
#include <vector>

#include "analysis/evidence.hpp"

namespace joust::analysis {

/// First level at which the error rate exceeds the limit in a majority of the entrant's trials there.
std::optional<model::BreakingPoint> breaking_point(const Evidence& evidence, const std::string& entrant,
                                                   double error_rate_max);

/// The longest run of at least three consecutive levels, the last at least twice the first, over which the
/// goodput of cells that are not invalid stays within the margin of one value. Closed model only: in the open
/// model goodput follows the rate that is asked.
std::optional<model::Plateau> plateau(const Evidence& evidence, const std::string& entrant);

}  // namespace joust::analysis
