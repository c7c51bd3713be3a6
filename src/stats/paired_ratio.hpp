#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "stats/mean_interval.hpp"
#include "stats/within_levels.hpp"

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

/// The effect over levels, each with the log ratios of its pairs: pooled_mean as a ratio.
/// Empty without a pair; levels without one are left out.
std::optional<PairedRatio> pooled_ratio(const NumbersByLevel& levels, double confidence = 0.95);

}  // namespace joust::stats
