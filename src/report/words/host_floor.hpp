#pragma once

#include <string>

#include "model/comparison.hpp"

namespace joust::report::words {

/// What this host could have told apart, by the baseline against itself; without a full stop. Only for a
/// comparison with such an entrant.
std::string host_floor(const model::Comparison& comparison);
/// By how much the baseline differed from itself, of each quantity whose interval leaves out 1, and what
/// follows: a whole sentence; empty where there is none.
std::string host_differs(const model::Comparison& comparison);

}  // namespace joust::report::words
