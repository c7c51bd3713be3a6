#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analysis/evidence.hpp"

namespace joust::analysis {

/// The contender whose goodput, over all levels together, is faster than every other's. Empty where one of
/// them is barred at any level, where a level has no pair of it and another because one is invalid, where any
/// of its own trials is invalid by what speaks against it, where there is only one, or where an interval does
/// not tell.
std::optional<std::string> winner(const Evidence& evidence, const std::vector<std::string>& contenders);

/// Whether anything was there to be ranked: some level has a pair whose goodput is void on neither side, be
/// one of the two barred there or not. (A ladder up to the breaking point is a normal result.)
bool comparable(const model::Comparison& comparison);

}  // namespace joust::analysis
