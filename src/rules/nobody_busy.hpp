#pragma once

#include <optional>

#include "model/benchmark.hpp"
#include "model/comparison.hpp"

namespace joust::rules {

/// A rule that a cell of the closed model has and its trials have not: what contender, database and storage
/// used of what they may adds up to less than one half, so the response time is a wait. Storage counts by its
/// device's busy time, where that is known. Where users paused between requests, the
/// pauses are the limit, and the finding is think_time. Not of a cell that is invalid or that had no limits.
std::optional<model::Finding> nobody_busy(const model::Cell& cell, const model::Benchmark& benchmark,
                                          double steal_share);

}  // namespace joust::rules
