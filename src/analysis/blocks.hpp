#pragma once

#include <optional>

#include "analysis/evidence.hpp"

namespace joust::analysis {

/// Whether blocks differ in the ratio of goodput; empty where there are fewer than two.
std::optional<model::BlockEffect> block_effect(const Evidence& evidence, const Sides& sides);

}  // namespace joust::analysis
