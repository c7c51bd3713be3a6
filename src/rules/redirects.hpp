#pragma once

#include <optional>

#include "model/finding.hpp"

namespace joust::rules {

/// Empty unless most of the answers have a status 3xx. Such an answer is hardly what anybody wanted to
/// measure.
std::optional<model::Redirects> mostly_redirects(const model::StatusCounts& statuses);

}  // namespace joust::rules
