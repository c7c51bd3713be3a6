#pragma once

#include <optional>

#include "model/benchmark.hpp"
#include "model/comparison.hpp"
#include "rules/outcome.hpp"

namespace joust::rules {

/// What else has to be known of a cell's trials to tell whether its contender could have used more CPU time.
struct CpuAtHand {
    double left = 1;             ///< of its CPUs' time, less what other guests and other programs took, 0..1
    std::optional<int> workers;  ///< processes of it that may be at work at one time; empty: not known
};

/// A rule that a cell of the closed model has and its trials have not: what contender, database and storage
/// used of what they may adds up to less than one half, so the response time is a wait. Nobody may use more
/// CPUs than requests can be under way, nor a contender more than it has workers. Storage counts by its
/// device's busy time, where that is known. Where users paused between requests and their pauses are the
/// larger part of their time, or would nobody be idle without them, the pauses are the limit, and the finding
/// is think_time. Not of a cell that is invalid; not evaluated without limits, or where no CPU time was read.
Outcome nobody_busy(const model::Cell& cell, const model::Benchmark& benchmark, const CpuAtHand& at_hand);

}  // namespace joust::rules
