#include "stats/within_groups.hpp"

#include <cmath>
#include <numeric>

#include "stats/student_t.hpp"

namespace joust::stats {
namespace {

std::size_t degrees_of(const Groups& groups) {
    std::size_t degrees = 0;
    for (const std::vector<double>& group : groups)
        degrees += group.empty() ? 0 : group.size() - 1;
    return degrees;
}

// Deviations from the means of the groups, one after another. Those of equal values are exactly 0, as the
// mean is taken of differences to the first.
std::vector<double> deviations(const Groups& groups) {
    std::vector<double> all;
    for (const std::vector<double>& group : groups) {
        double mean = 0;
        for (const double value : group)
            mean += (value - group.front()) / static_cast<double>(group.size());
        for (const double value : group)
            all.push_back(value - group.front() - mean);
    }
    return all;
}

double products(const std::vector<double>& one, const std::vector<double>& other) {
    return std::inner_product(one.begin(), one.end(), other.begin(), 0.0);
}

}  // namespace

std::optional<double> deviation_within(const Groups& values) {
    const std::size_t degrees = degrees_of(values);
    if (degrees == 0) return std::nullopt;
    const std::vector<double> left = deviations(values);
    return std::sqrt(products(left, left) / static_cast<double>(degrees));
}

// The groups' means are eliminated, and each costs a degree of freedom (Fisher, "The Distribution of the
// Partial Correlation Coefficient", Metron 3, 1924), the slope another one.
std::optional<Correlation> correlation_within(const Groups& x, const Groups& y) {
    const std::size_t degrees = degrees_of(x);
    if (degrees < k_least_degrees_for_correlation) return std::nullopt;
    const std::vector<double> of_x = deviations(x);
    const std::vector<double> of_y = deviations(y);
    const double squares = products(of_x, of_x) * products(of_y, of_y);
    if (!(squares > 0)) return std::nullopt;
    const double r = products(of_x, of_y) / std::sqrt(squares);
    const double about_the_line = 1 - r * r;
    if (!(about_the_line > 0))
        return Correlation{.coefficient = r > 0 ? 1.0 : -1.0, .p_value = r > 0 ? 0.0 : 1.0};
    const auto left = static_cast<double>(degrees - 1);
    return Correlation{.coefficient = r,
                       .p_value = student_t_cdf(-r * std::sqrt(left / about_the_line), left)};
}

}  // namespace joust::stats
