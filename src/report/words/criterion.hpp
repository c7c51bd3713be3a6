#pragma once

#include <string>

#include "model/criterion.hpp"

namespace joust::report::words {

/// What was found for a criterion, with its unit: "213 ms", "2.5 %".
std::string found_text(const model::Criterion& criterion, const model::FoundValue& found);

}  // namespace joust::report::words
