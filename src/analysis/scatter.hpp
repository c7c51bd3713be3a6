#pragma once

#include <optional>
#include <string>

#include "analysis/evidence.hpp"

namespace joust::analysis {

/// How much the goodput of an entrant scatters (model::Scatter), over its trials that are not invalid. Empty
/// where there are no repeats and fewer than five levels.
std::optional<model::Scatter> scatter(const Evidence& evidence, const std::string& entrant);

}  // namespace joust::analysis
