#pragma once

#include <optional>
#include <string>

#include "model/environment.hpp"

namespace joust::report {

/// Facts of the contender; null where the environment does not know it.
const model::ContenderFacts* facts_of(const model::Environment& environment, const std::string& contender);
/// Its title, or its name where there is none.
std::string title_of(const model::Environment& environment, const std::string& contender);

/// SQL statements of a request of the contender; empty where they were not counted.
std::optional<double> statements_per_request(const model::Environment& environment,
                                             const std::string& contender);

}  // namespace joust::report
