#pragma once

#include <string>
#include <vector>

#include "model/comparison.hpp"
#include "report/words/prose.hpp"

namespace joust::report::words {

/// What the trials at an equal rate are, and why they are there.
Prose about_equal_rate(const model::EqualRate& found);

/// Why there are none, and what is not known therefore.
Prose about_no_equal_rate(model::NoEqualRate why);

/// A sentence for each ratio that can be told: "At 180 requests/s each, fastapi needs 1.12 [1.10, 1.14] times
/// django's CPU per operation: more CPU."
std::vector<std::string> equal_rate_findings(const model::EqualRate& found);

}  // namespace joust::report::words
