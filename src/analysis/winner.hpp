#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analysis/evidence.hpp"

namespace joust::analysis {

/// The contender whose goodput, over all levels together, is faster than every other's. Empty where one of
/// them is invalid at any level, where there is only one, or where an interval does not tell.
std::optional<std::string> winner(const Evidence& evidence, const std::vector<std::string>& contenders);

/// Whether the run ranks anything: some level has a pair whose goodput is void on neither side. (A ladder up
/// to the breaking point is a normal result.)
bool comparable(const model::Comparison& comparison);

}  // namespace joust::analysis
