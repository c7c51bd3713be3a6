#pragma once

#include <string>
#include <vector>

#include "analysis/ratios.hpp"

namespace joust::analysis {

/// The contender whose goodput, over all levels together, is faster than every other's. Empty where one is
/// invalid at any level, where there is only one, or where an interval does not tell.
std::optional<std::string> winner(const Evidence& evidence, const std::vector<std::string>& contenders);

/// What the run found, with its numbers; `comparison` has everything but its headline.
std::string headline(const model::Comparison& comparison);

/// Sentences on the experiment as a whole that a reader has to know before believing any number.
std::vector<std::string> warnings(const model::Comparison& comparison, const model::Benchmark& benchmark,
                                  const std::vector<model::TrialResult>& trials);

}  // namespace joust::analysis
