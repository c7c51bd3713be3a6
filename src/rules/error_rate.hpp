#pragma once

#include "model/finding.hpp"

namespace joust::rules {

/// The error rate of a trial or a cell with its limit and the most frequent kind of error.
model::ErrorShare error_share(double share, double limit, const model::RequestErrors& errors);

}  // namespace joust::rules
