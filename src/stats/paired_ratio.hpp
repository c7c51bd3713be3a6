#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "stats/mean_interval.hpp"

namespace joust::stats {

/// Geometric mean of the ratios of pairs, with its interval from three pairs on.
struct PairedRatio {
    std::size_t pairs;
    double ratio;
    std::optional<Interval> interval;

    friend bool operator==(const PairedRatio&, const PairedRatio&) = default;
};

/// The logarithm of contender / baseline of one pair; empty unless both are finite and above zero.
std::optional<double> log_ratio(double contender, double baseline);

/// The effect over pairs: `log_ratios` holds one natural logarithm for each block; the interval is Student's
/// t on them. Blocks, not requests, are the independent units. Empty without a pair.
std::optional<PairedRatio> paired_ratio(std::span<const double> log_ratios, double confidence = 0.95);

/// The effect over levels, each with the log ratios of its pairs: the mean of the levels' means. Its interval
/// comes from the scatter within levels, each with its own variance, by Student's t with the degrees of
/// freedom of Satterthwaite (1946); so how much the levels differ is no noise. A level of one pair takes the
/// largest variance of the others; where every level has but one, the scatter between levels is all there is.
/// Empty without a pair; levels without one are left out.
std::optional<PairedRatio> pooled_ratio(std::span<const std::vector<double>> levels,
                                        double confidence = 0.95);

}  // namespace joust::stats
