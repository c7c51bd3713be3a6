#pragma once

#include <optional>

#include "stats/mean_interval.hpp"

namespace joust::stats {

/// What an interval of a ratio says, entrant against baseline.
enum class Outcome { higher, lower, equivalent, inconclusive };

/// Ratios from 1 / (1 + margin) to 1 + margin count as equal.
inline constexpr double k_equivalence_margin = 0.05;
/// Of a run without looks.
inline constexpr double k_confidence = 0.95;

/// Equivalent where the interval (in logarithms) lies within the margin, and this goes first; else higher or
/// lower where it leaves out 0; else, and without an interval, inconclusive. Doubt is weighed elsewhere.
Outcome outcome(const std::optional<Interval>& interval, double margin = k_equivalence_margin);

}  // namespace joust::stats
