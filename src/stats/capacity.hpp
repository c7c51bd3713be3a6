#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <tl/expected.hpp>

#include "stats/mean_interval.hpp"
#include "stats/usl.hpp"

namespace joust::stats {

/// The throughput of each trial with one number of users.
struct TrialsAtLevel {
    double users;
    std::vector<double> throughputs;  ///< per second
};

/// Why a law is not told from trials.
enum class NotIdentified {
    few_rising_levels,  ///< fewer than three levels lie below 90 % of the largest throughput
    no_fit,             ///< no law comes near the points
    one_trial,          ///< some level has one trial only: nothing to resample
};

/// Levels below this share of the largest throughput still rise (or fall again); the law needs so many of
/// them.
inline constexpr double k_share_of_maximum = 0.9;
inline constexpr int k_least_rising_levels = 3;

/// Of the levels' mean throughputs. Only with enough levels below 90 % of the largest.
tl::expected<Usl, NotIdentified> identified_usl(std::span<const TrialsAtLevel> levels);

/// The peak if it lies within the measured numbers of users.
std::optional<Peak> measured_peak(const Usl& law, std::span<const TrialsAtLevel> levels);

/// A law with the intervals of its parameters, by bootstrap.
struct Capacity {
    Usl law;
    Interval gamma;
    Interval alpha;
    Interval beta;
    std::optional<Peak> peak;  ///< inside the measured range only
    Interval peak_users;       ///< an end at the range's end means: or beyond
    Interval peak_throughput;  ///< the largest of the law inside the range
};

inline constexpr int k_resamples = 1000;

/// Trials are resampled within levels, their deviations widened by sqrt(n / (n - 1)) so that they scatter as
/// trials do, and the law is fitted anew (percentile bootstrap: Efron & Tibshirani, An Introduction to the
/// Bootstrap, 1993); the ends are then drawn apart as Student's t is from the normal, for trials are few. The
/// same seed gives the same intervals.
tl::expected<Capacity, NotIdentified> usl_bootstrap(std::span<const TrialsAtLevel> levels, std::uint64_t seed,
                                                    double confidence = 0.95);

}  // namespace joust::stats
