#include "stats/trend.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "stats/student_t.hpp"

namespace joust::stats {

std::optional<Trend> trend(std::span<const double> values) {
    const auto count = static_cast<double>(values.size());
    const double mean = std::accumulate(values.begin(), values.end(), 0.0) / count;
    if (values.size() < k_least_values_for_trend || !(mean > 0)) return std::nullopt;
    const double middle = (count - 1) / 2;
    double places = 0;
    double products = 0;
    double squares = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        const double place = static_cast<double>(i) - middle;
        places += place * place;
        products += place * (values[i] - mean);
        squares += (values[i] - mean) * (values[i] - mean);
    }
    const double slope = products / places;
    const double about_the_line = std::max(0.0, squares - slope * products);
    const double degrees = count - 2;
    Trend found{.change = slope * count / mean, .p_value = 1};
    if (slope == 0) return found;
    // A line without scatter is as sure as can be.
    const double error = std::sqrt(about_the_line / degrees / places);
    found.p_value = error > 0 ? 2 * student_t_cdf(-std::abs(slope) / error, degrees) : 0;
    return found;
}

}  // namespace joust::stats
