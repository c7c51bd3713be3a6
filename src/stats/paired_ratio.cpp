#include "stats/paired_ratio.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "stats/student_t.hpp"

namespace joust::stats {
namespace {

struct Level {
    double n;
    double mean;
    double variance = 0;  // of one pair
};

Level level_of(std::span<const double> values) {
    Level level{
        .n = static_cast<double>(values.size()),
        .mean = std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size())};
    for (const double value : values)
        level.variance += (value - level.mean) * (value - level.mean);
    if (level.n > 1) level.variance /= level.n - 1;
    return level;
}

// How far the interval of the mean of the levels' means reaches to each side.
double reach(std::span<const Level> levels, double confidence) {
    double largest = 0;
    for (const Level& level : levels)
        largest = std::max(largest, level.variance);
    double sum = 0;
    double squares = 0;
    for (const Level& level : levels) {
        const double of_mean = (level.n > 1 ? level.variance : largest) / level.n;
        sum += of_mean;
        if (level.n > 1) squares += of_mean * of_mean / (level.n - 1);
    }
    if (!(sum > 0)) return 0;
    const double degrees_of_freedom = sum * sum / squares;
    return student_t_quantile(0.5 + confidence / 2, degrees_of_freedom) * std::sqrt(sum) /
           static_cast<double>(levels.size());
}

}  // namespace

std::optional<double> log_ratio(double contender, double baseline) {
    if (!(contender > 0 && baseline > 0) || !std::isfinite(contender) || !std::isfinite(baseline))
        return std::nullopt;
    return std::log(contender) - std::log(baseline);
}

std::optional<PairedRatio> paired_ratio(std::span<const double> log_ratios, double confidence) {
    const auto mean = mean_interval(log_ratios, confidence);
    if (!mean) return std::nullopt;
    PairedRatio result{.pairs = mean->n, .ratio = std::exp(mean->mean), .interval = {}};
    if (mean->interval)
        result.interval = Interval{std::exp(mean->interval->low), std::exp(mean->interval->high)};
    return result;
}

std::optional<PairedRatio> pooled_ratio(std::span<const std::vector<double>> levels, double confidence) {
    std::vector<Level> measured;
    std::vector<double> all;
    for (const std::vector<double>& level : levels) {
        if (!level.empty()) measured.push_back(level_of(level));
        all.insert(all.end(), level.begin(), level.end());
    }
    if (all.size() == measured.size()) return paired_ratio(all, confidence);  // one pair a level
    double mean = 0;
    for (const Level& level : measured)
        mean += level.mean / static_cast<double>(measured.size());
    PairedRatio result{.pairs = all.size(), .ratio = std::exp(mean), .interval = {}};
    if (all.size() < k_least_values_for_interval) return result;
    const double to_each_side = reach(measured, confidence);
    result.interval = Interval{std::exp(mean - to_each_side), std::exp(mean + to_each_side)};
    return result;
}

}  // namespace joust::stats
