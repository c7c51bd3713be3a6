#pragma once

#include <optional>
#include <string>

namespace joust::model {

/// How far apart the contender's CPUs ran (TrialResult::contender_cpu_speed) between trials of one contender
/// at one level, and whether the goodput of these trials went with it. Between contenders and levels the
/// speed is not compared, for what they do moves it. It explains, and decides nothing.
struct SpeedScatter {
    std::optional<std::string> entrant;  ///< empty: all together
    /// Of one trial: exp(standard deviation of the logarithm) - 1, over the repeats of each level.
    double share = 0;
    double largest_ratio = 1;  ///< of the fastest trial to the slowest of one contender at one level
    /// Of the logarithms of speed and goodput, within a contender and level, -1 to 1. Empty where too few
    /// trials could tell (stats::correlation_within), or one of both does not vary.
    std::optional<double> correlation;
    std::optional<double> p_value;  ///< one-sided, of none or a negative one; empty likewise
    friend bool operator==(const SpeedScatter&, const SpeedScatter&) = default;

    /// The speed differs by as much as is worth a word.
    [[nodiscard]] bool noticeable() const {
        constexpr double k_least_share = 0.02;
        return share >= k_least_share;
    }
    /// Share of the variance of the logarithm of goodput that goes with the speed. Empty where the speed
    /// hardly differs, or where goodput does not rise with it by more than chance may bring about.
    [[nodiscard]] std::optional<double> explained() const {
        constexpr double k_chance = 0.05;
        if (!noticeable() || !correlation || !p_value || *p_value >= k_chance) return std::nullopt;
        return *correlation * *correlation;
    }
};

}  // namespace joust::model
