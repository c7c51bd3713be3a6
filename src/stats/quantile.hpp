#pragma once

#include <optional>
#include <span>

namespace joust::stats {

/// Quantile of type 7 (Hyndman & Fan 1996): linear between the order statistics, the default of R and NumPy.
/// `q` is brought into [0, 1]; empty without values. The values need not be sorted and must not be NaN.
std::optional<double> quantile(std::span<const double> values, double q);
/// quantile(values, 0.5).
std::optional<double> median(std::span<const double> values);

}  // namespace joust::stats
