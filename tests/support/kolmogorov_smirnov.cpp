#include "support/kolmogorov_smirnov.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

namespace joust::test {
namespace {

// `probabilities`: the stated distribution's function at each value.
std::optional<double> p_value(std::vector<double> probabilities) {
    if (probabilities.empty()) return std::nullopt;
    std::sort(probabilities.begin(), probabilities.end());
    const auto n = static_cast<double>(probabilities.size());
    double distance = 0;
    for (std::size_t i = 0; i < probabilities.size(); ++i) {
        const auto rank = static_cast<double>(i);
        distance = std::max({distance, probabilities[i] - rank / n, (rank + 1) / n - probabilities[i]});
    }
    const double root = std::sqrt(n);
    return kolmogorov_tail((root + 0.12 + 0.11 / root) * distance);
}

}  // namespace

double kolmogorov_tail(double distance) {
    if (distance <= 0) return 1;
    double sum = 0;
    if (distance < 1.18) {  // each of the two series converges within four terms on its side
        for (int k = 1; k <= 7; k += 2)
            sum += std::exp(-k * k * std::numbers::pi * std::numbers::pi / (8 * distance * distance));
        return 1 - std::sqrt(2 * std::numbers::pi) / distance * sum;
    }
    for (int k = 1; k <= 4; ++k)
        sum += (k % 2 == 1 ? 2 : -2) * std::exp(-2 * k * k * distance * distance);
    return sum;
}

std::optional<double> uniform_p_value(std::span<const double> values, double low, double high) {
    std::vector<double> probabilities;
    for (const double value : values)
        probabilities.push_back(std::clamp((value - low) / (high - low), 0.0, 1.0));
    return p_value(std::move(probabilities));
}

std::optional<double> exponential_p_value(std::span<const double> values, double mean) {
    std::vector<double> probabilities;
    for (const double value : values)
        probabilities.push_back(value > 0 ? -std::expm1(-value / mean) : 0.0);
    return p_value(std::move(probabilities));
}

}  // namespace joust::test
