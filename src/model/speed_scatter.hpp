#pragma once

#include <optional>
#include <string>

namespace joust::model {

/// How far apart the contender's CPUs ran (TrialResult::contender_cpu_speed) between trials of one contender
/// at one level, and whether its ratios to the baseline went with it. Between contenders and levels the speed
/// is not compared, for what they do moves it. It explains, and decides nothing.
struct SpeedScatter {
    std::optional<std::string> entrant;  ///< empty: all together
    /// Of one trial: exp(standard deviation of the logarithm) - 1, over the repeats of each level.
    double share = 0;
    double largest_ratio = 1;  ///< of the fastest trial to the slowest of one contender at one level
    /// Of the logarithms of two ratios, that of speed and that of goodput, to the baseline in the same pair,
    /// within levels, -1 to 1. Empty of the baseline and of all together, where too few pairs could tell
    /// (stats::correlation_within), one of them has no speed, or one of both ratios does not vary.
    std::optional<double> correlation;
    std::optional<double> p_value;  ///< one-sided, of none or a negative one; empty likewise
    friend bool operator==(const SpeedScatter&, const SpeedScatter&) = default;

    /// The speed differs by as much as is worth a word.
    [[nodiscard]] bool noticeable() const {
        constexpr double k_least_share = 0.02;
        return share >= k_least_share;
    }
    /// Share of the variance of the logarithm of the ratio of goodput that goes with that of speed. Empty
    /// where the one does not rise with the other by more than chance may bring about.
    [[nodiscard]] std::optional<double> explained() const {
        constexpr double k_chance = 0.05;
        if (!correlation || !p_value || *p_value >= k_chance) return std::nullopt;
        return *correlation * *correlation;
    }
};

}  // namespace joust::model
