#include "stats/pooled_mean.hpp"

namespace joust::stats {
namespace {

double log_ratio_of(const PairPoint& pair) {
    return pair.log_ratio;
}

// The levels as repeats of one another.
std::optional<LogMean> mean_between_levels(const NumbersByLevel& levels) {
    return WithinLevels(together(levels)).mean();
}

}  // namespace

NumbersByLevel together(const NumbersByLevel& levels) {
    NumbersByLevel all(1);
    for (const std::vector<double>& level : levels)
        all.front().insert(all.front().end(), level.begin(), level.end());
    return all;
}

std::optional<LogMean> pooled_mean(const NumbersByLevel& levels) {
    return one_pair_a_level(levels) ? mean_between_levels(levels) : WithinLevels(levels).mean();
}

std::optional<LogMean> pooled_mean(const PairLevels& levels) {
    const NumbersByLevel logs = numbers(levels, log_ratio_of);
    return one_pair_a_level(logs) ? mean_between_levels(logs) : within_levels(levels).mean();
}

WithinLevels within_levels(const PairLevels& levels) {
    WithinLevels fit(numbers(levels, log_ratio_of));
    if (fit.residual_degrees() >= k_least_degrees_for_slot_effect)
        fit.take_out(numbers(levels, [](const PairPoint& pair) { return pair.went_first ? 0.5 : -0.5; }));
    return fit;
}

}  // namespace joust::stats
