#pragma once

#include <optional>

#include "stats/pooled_mean.hpp"

namespace joust::stats {

/// From this root mean square of the pairs' differences in steal on, one point, the adjusted ratio is used.
inline constexpr double k_least_steal_difference = 0.01;
/// Likewise of the differences in the logarithm of the speed of the contender's CPUs: 3 %.
inline constexpr double k_least_speed_difference = 0.03;
/// The adjusted ratio needs as many degrees of freedom: for steal pairs less levels and slopes; for speed
/// trials less a mean for each side of each level, and the slope.
inline constexpr std::size_t k_least_degrees_for_adjustment = 5;
/// A mean difference in steal or speed with a p-value below may be the contender's own doing.
inline constexpr double k_host_differs_below = 0.05;

/// How a figure follows the speed of its CPUs: the change of its logarithm with that of the speed.
struct SpeedSlope {
    double slope;
    double standard_error;
    std::size_t degrees;
};

/// Least squares over trials, each side of each level with a mean of its own: pairs would leave half as many
/// to learn from. Empty where a pair was not measured, speeds do not vary or no degree of freedom is left.
std::optional<SpeedSlope> speed_slope(const PairLevels& levels);

/// The log ratio at equal steal: least squares on the difference in steal, one slope for all levels, which
/// are taken as repeats of one another where each has but one pair. Empty where the difference does not vary
/// within levels (of one pair: between them) or no degree of freedom is left.
std::optional<LogMean> steal_adjusted(const PairLevels& levels);

/// How much the log ratio changes for each whole (1 = all of the CPU time) of difference in steal. Empty
/// likewise.
std::optional<LogMean> steal_slope(const PairLevels& levels);

/// Which of the two ratios a verdict is made of.
enum class HostDecides {
    raw,       ///< steal and speed were nearly equal, or too few pairs are there
    adjusted,  ///< one of them differed by chance
    both,      ///< one side had more steal or slower CPUs, which may be its own doing: both must agree
};

struct HostDecision {
    LogMean raw;
    std::optional<LogMean> adjusted;  ///< only where it has a say
    HostDecides decides = HostDecides::raw;
    double steal_difference = 0;      ///< root mean square over the pairs, a share
    bool for_steal = false;           ///< it is adjusted for steal
    std::optional<SpeedSlope> speed;  ///< where it is adjusted for speed, by how much

    /// The mean that decides; of two, the one nearer to 0 (none of both is larger).
    double mean() const;
    /// In logarithms; where both must agree, from the lower of both ends to the higher.
    std::optional<Interval> interval(double confidence) const;
    /// Where both must agree, the larger, and 1 where the means lie on different sides of 0.
    std::optional<double> p_value() const;
};

/// The whole rule. The slope on speed may be that of more pairs, of which these are some. Empty without a
/// pair.
std::optional<HostDecision> decide_at_equal_host(const PairLevels& levels,
                                                 const std::optional<SpeedSlope>& of_more = {});

}  // namespace joust::stats
