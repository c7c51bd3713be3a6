#pragma once

#include <optional>

#include "stats/pooled_mean.hpp"

namespace joust::stats {

/// From this root mean square of the pairs' differences in steal on, one point, the adjusted ratio is used.
inline constexpr double k_least_steal_difference = 0.01;
/// The adjusted ratio needs as many degrees of freedom: pairs less levels and slopes.
inline constexpr std::size_t k_least_degrees_for_adjustment = 5;
/// From this root mean square on, two points, what steal scatters outweighs the degree that the slope of one
/// level's pairs costs, so that fewer are enough: five pairs.
inline constexpr double k_large_steal_difference = 0.02;
inline constexpr std::size_t k_least_degrees_at_large_difference = 3;
/// A mean difference in steal with a p-value below may be the contender's own doing.
inline constexpr double k_steal_differs_below = 0.05;

/// The log ratio at equal steal: least squares on the difference in steal, one slope for all levels, which
/// are taken as repeats of one another where each has but one pair. Empty where the difference does not vary
/// within levels (of one pair: between them) or no degree of freedom is left.
std::optional<LogMean> steal_adjusted(const PairLevels& levels);

/// How much the log ratio changes for each whole (1 = all of the CPU time) of difference in steal. Empty
/// likewise.
std::optional<LogMean> steal_slope(const PairLevels& levels);

/// Which of the two ratios a verdict is made of.
enum class StealDecides {
    raw,       ///< steal was nearly equal, or too few pairs are there
    adjusted,  ///< steal differed by chance
    both,      ///< one of the two suffered from more steal, which may be its own doing: both must agree
};

struct StealDecision {
    LogMean raw;
    std::optional<LogMean> adjusted;  ///< only where it has a say
    StealDecides decides = StealDecides::raw;
    double difference = 0;  ///< root mean square of the pairs' differences in steal, a share

    /// The mean that decides; of two, the one nearer to 0 (none of both is larger).
    double mean() const;
    /// In logarithms; where both must agree, from the lower of both ends to the higher.
    std::optional<Interval> interval(double confidence) const;
    /// Where both must agree, the larger, and 1 where the means lie on different sides of 0.
    std::optional<double> p_value() const;
};

/// The whole rule. Empty without a pair.
std::optional<StealDecision> decide_steal(const PairLevels& levels);

/// The same of some of the pairs that `all` are. Where they are too few to be adjusted by themselves, and all
/// are adjusted, they are by the slope of all: beside a ratio at equal steal, the one as measured would tell
/// what steal did to these few. It has no interval then, for the slope is not theirs.
std::optional<StealDecision> decide_steal_of_some(const PairLevels& some, const PairLevels& all);

}  // namespace joust::stats
