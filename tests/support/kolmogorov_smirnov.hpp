#pragma once

#include <optional>
#include <span>

namespace joust::test {

/// One-sample Kolmogorov-Smirnov tests: the probability of a distance to the stated distribution as large as
/// that of `values`, if they are independent draws from it. Empty without values. The distribution has to be
/// known beforehand: with parameters fitted to the same values the result is far too large.
/// Approximation of Stephens (1970); within 0.02 of the exact one from 20 values on.
std::optional<double> uniform_p_value(std::span<const double> values, double low, double high);
std::optional<double> exponential_p_value(std::span<const double> values, double mean);

/// Probability that Kolmogorov's distribution exceeds `distance`, the limit of sqrt(n) * D.
double kolmogorov_tail(double distance);

}  // namespace joust::test
