#pragma once

#include <string>

#include "model/comparison.hpp"

namespace joust::report::words {

/// What this host could have told apart, by the baseline against itself; without a full stop. Only for a
/// comparison with such an entrant.
std::string host_floor(const model::Comparison& comparison);

}  // namespace joust::report::words
