#include "stats/log_mean.hpp"

#include <cmath>

#include "stats/student_t.hpp"

namespace joust::stats {

std::optional<Interval> LogMean::interval(double confidence) const {
    if (!scatter) return std::nullopt;
    if (scatter->standard_error == 0) return Interval{mean, mean};
    const double reach = student_t_quantile(0.5 + confidence / 2, scatter->degrees) * scatter->standard_error;
    return Interval{mean - reach, mean + reach};
}

std::optional<double> LogMean::p_value() const {
    if (!scatter) return std::nullopt;
    if (scatter->standard_error == 0) return mean == 0 ? 1 : 0;
    return 2 * student_t_cdf(-std::abs(mean) / scatter->standard_error, scatter->degrees);
}

}  // namespace joust::stats
