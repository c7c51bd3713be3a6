#pragma once

#include <optional>

#include "model/benchmark.hpp"
#include "model/comparison.hpp"

namespace joust::rules {

/// A rule that a cell of the closed model has and its trials have not: contender and database together used
/// less than half of the CPU time that one of them may, so the response time is a wait. What storage did is
/// not known. Not of a cell that is invalid, or that had no limits.
std::optional<model::Finding> nobody_busy(const model::Cell& cell, const model::Benchmark& benchmark);

}  // namespace joust::rules
