#pragma once

#include <optional>
#include <string>

#include "model/samples.hpp"

namespace joust::analysis {

/// "98 % of the answers are redirects (302 × 1960), which are not followed"; empty unless most of them have a
/// status 3xx. Such an answer is hardly what anybody wanted to measure.
std::optional<std::string> mostly_redirects(const model::StatusCounts& statuses);

}  // namespace joust::analysis
