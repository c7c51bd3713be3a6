#pragma once

#include <optional>

#include "model/comparison.hpp"

namespace joust::rules {

/// The one rule that a cell has and its trials have not: a median near the timeout, or more timeouts than
/// answers, so that what is measured is the timeout.
std::optional<model::Finding> saturated(const model::Cell& cell, Nanoseconds timeout);

}  // namespace joust::rules
