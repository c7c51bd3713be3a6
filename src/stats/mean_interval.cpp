#include "stats/mean_interval.hpp"

#include <cmath>
#include <numeric>
#include <vector>

#include "stats/student_t.hpp"

namespace joust::stats {

std::optional<MeanInterval> mean_interval(std::span<const double> values, double confidence) {
    if (values.empty()) return std::nullopt;
    const auto n = static_cast<double>(values.size());
    MeanInterval result{
        .n = values.size(), .mean = std::accumulate(values.begin(), values.end(), 0.0) / n, .interval = {}};
    if (values.size() < k_least_values_for_interval) return result;
    double squares = 0;
    for (const double value : values)
        squares += (value - result.mean) * (value - result.mean);
    const double standard_error = std::sqrt(squares / (n - 1) / n);
    const double reach = student_t_quantile(0.5 + confidence / 2, n - 1) * standard_error;
    result.interval = Interval{result.mean - reach, result.mean + reach};
    return result;
}

}  // namespace joust::stats
