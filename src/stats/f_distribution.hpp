#pragma once

namespace joust::stats {

/// Probability that a value of the F distribution, with degrees of freedom > 0, exceeds `f` >= 0.
/// Arguments out of range give NaN.
double f_upper_tail(double f, double degrees_above, double degrees_below);

}  // namespace joust::stats
