#pragma once

#include <cstddef>
#include <optional>

#include "stats/mean_interval.hpp"

namespace joust::stats {

/// How far an estimate scatters: the square root of its estimated variance, >= 0, and the degrees of freedom
/// (> 0, seldom whole) that the estimate of that variance has.
struct Scatter {
    double standard_error;
    double degrees;

    friend bool operator==(const Scatter&, const Scatter&) = default;
};

/// A mean of the natural logarithms of ratios, over `pairs` pairs of fresh processes. Fewer than three pairs,
/// or pairs that leave nothing to tell their scatter from, give a mean without one.
struct LogMean {
    std::size_t pairs;
    double mean;
    std::optional<Scatter> scatter;

    /// Student's t interval of the mean, in logarithms; `confidence` in (0, 1).
    std::optional<Interval> interval(double confidence) const;
    /// Two-sided p-value of a true mean of 0, that is of a ratio of 1.
    std::optional<double> p_value() const;

    friend bool operator==(const LogMean&, const LogMean&) = default;
};

}  // namespace joust::stats
