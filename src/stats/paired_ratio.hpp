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

}  // namespace joust::stats
