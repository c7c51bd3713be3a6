#pragma once

#include <string>

#include "model/comparison.hpp"

namespace joust::report::words {

/// The law of an entrant's goodput over users with its numbers, or why none is told; without a full stop.
std::string capacity(const model::Capacity& capacity);

/// Between which levels an entrant broke: "between 50 and 100 users; each block for itself at 100 to 150
/// users".
std::string breaking_range(const model::BreakingPoint& point, model::LoadModel load_model);

/// Whether a block differs from the others: "the first block differs: …"; without a full stop.
std::string block_effect(const model::BlockEffect& effect);

}  // namespace joust::report::words
