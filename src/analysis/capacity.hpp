#pragma once

#include <optional>
#include <string>

#include "analysis/evidence.hpp"

namespace joust::analysis {

/// How the goodput of an entrant goes with users, over its trials that are not invalid at levels where its
/// cell is not; empty for the open model and below two such levels.
std::optional<model::Capacity> capacity(const Evidence& evidence, const std::string& entrant);

}  // namespace joust::analysis
