#include "stats/paired_ratio.hpp"

#include <cmath>

#include "stats/pooled_mean.hpp"

namespace joust::stats {
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

std::optional<PairedRatio> pooled_ratio(const NumbersByLevel& levels, double confidence) {
    const auto pooled = pooled_mean(levels);
    if (!pooled) return std::nullopt;
    PairedRatio result{.pairs = pooled->pairs, .ratio = std::exp(pooled->mean), .interval = {}};
    if (const auto logs = pooled->interval(confidence))
        result.interval = Interval{std::exp(logs->low), std::exp(logs->high)};
    return result;
}

}  // namespace joust::stats
