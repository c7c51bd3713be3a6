#pragma once

#include "model/benchmark.hpp"
#include "model/comparison.hpp"
#include "rules/outcome.hpp"

namespace joust::rules {

/// A rule that a cell of the closed model has and its trials have not: what contender, database and storage
/// used of what they may adds up to less than one half, so the response time is a wait. Nobody may use more
/// CPUs than requests can be under way (`left` of the contender's is 0..1, less what other guests and other
/// programs took), nor a database more than it has sessions. Storage counts by its
/// device's busy time, where that is known. Where users paused between requests and their pauses are the
/// larger part of their time, or somebody would be busy without them, the pauses are the limit, and the
/// finding is think_time. Not of a cell that is invalid; not evaluated without limits, or where no CPU time
/// of the contender was read.
Outcome nobody_busy(const model::Cell& cell, const model::Benchmark& benchmark, double left);

}  // namespace joust::rules
