#include "stats/quantile.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace joust::stats {

std::optional<double> quantile(std::span<const double> values, double q) {
    if (values.empty()) return std::nullopt;
    std::vector<double> sorted(values.begin(), values.end());
    std::sort(sorted.begin(), sorted.end());
    const double position = std::clamp(q, 0.0, 1.0) * static_cast<double>(sorted.size() - 1);
    const auto below = static_cast<std::size_t>(std::floor(position));
    const std::size_t above = std::min(below + 1, sorted.size() - 1);
    return std::lerp(sorted[below], sorted[above], position - static_cast<double>(below));
}

std::optional<double> median(std::span<const double> values) {
    return quantile(values, 0.5);
}

}  // namespace joust::stats
