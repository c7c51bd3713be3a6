#pragma once

#include <cstddef>
#include <optional>
#include <span>

namespace joust::stats {

/// The straight line of least squares through equally spaced values.
struct Trend {
    /// From the beginning of the first value's stretch to the end of the last one's, as a share of the mean.
    double change;
    double p_value;  ///< two-sided, of no slope, by Student's t of the scatter about the line
    friend bool operator==(const Trend&, const Trend&) = default;
};

/// Fewer values tell no line from chance.
inline constexpr std::size_t k_least_values_for_trend = 4;

/// Empty with fewer values, or where their mean is not above zero.
std::optional<Trend> trend(std::span<const double> values);

}  // namespace joust::stats
