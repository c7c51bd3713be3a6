#include "analysis/criterion.hpp"

#include <limits>

#include "model/lower_bounds.hpp"

namespace joust::analysis {

model::FoundValue found(const model::Criterion& criterion, const model::Samples& samples,
                        Nanoseconds timeout) {
    using Quantity = model::Criterion::Quantity;
    const stats::Histogram& times = samples.response_time;
    if (criterion.quantity == Quantity::goodput) return {samples.goodput_rps()};
    if (criterion.quantity == Quantity::error_rate) return {samples.error_rate()};
    if (times.empty()) return {std::numeric_limits<double>::infinity()};
    const auto bounds = model::LowerBounds::of_response_time(samples, timeout);
    if (criterion.quantity == Quantity::response_time_mean) return {times.mean(), bounds.mean_and_max()};
    if (criterion.quantity == Quantity::response_time_max)
        return {static_cast<double>(times.max()), bounds.mean_and_max()};
    return {static_cast<double>(times.value_at_quantile(criterion.quantile)),
            bounds.at_quantile(criterion.quantile)};
}

bool missed(const model::Criterion& criterion, const model::FoundValue& found) {
    if (criterion.or_equal && found.value == criterion.bound) return true;
    return criterion.above ? found.value > criterion.bound || found.at_least : found.value < criterion.bound;
}

}  // namespace joust::analysis
