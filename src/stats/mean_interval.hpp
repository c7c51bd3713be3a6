#pragma once

#include <cstddef>
#include <optional>
#include <span>

namespace joust::stats {

/// Two-sided confidence interval; low <= high.
struct Interval {
    double low;
    double high;

    friend bool operator==(const Interval&, const Interval&) = default;
};

/// Fewer values give no interval: of two, it would be 12.7 standard errors wide to each side.
inline constexpr std::size_t k_least_values_for_interval = 3;

/// A mean of `n` independent values, with its interval from k_least_values_for_interval values on.
struct MeanInterval {
    std::size_t n;
    double mean;
    std::optional<Interval> interval;

    friend bool operator==(const MeanInterval&, const MeanInterval&) = default;
};

/// Arithmetic mean with Student's t interval; `confidence` in (0, 1). Empty without values.
std::optional<MeanInterval> mean_interval(std::span<const double> values, double confidence = 0.95);

}  // namespace joust::stats
