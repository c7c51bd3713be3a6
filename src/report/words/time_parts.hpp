#pragma once

#include <string>

#include "model/comparison.hpp"

namespace joust::report::words {

/// The part in words: "user CPU of the contender".
std::string_view time_part(model::TimePart part);

/// Where the difference in time per operation lies, with the numbers; empty where the intervals do not tell
/// it, or the verdict over all levels is not that goodput differs.
std::string why_different(const model::Comparison& comparison, const model::Why& why);

}  // namespace joust::report::words
