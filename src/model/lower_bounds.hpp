#pragma once

#include <cstdint>

#include "model/samples.hpp"

namespace joust::model {

/// Which figures of a histogram are only lower bounds, because requests that never ended are in it at their
/// age.
class LowerBounds {
public:
    static LowerBounds of_response_time(const Samples& samples, Nanoseconds timeout);
    static LowerBounds of_service_time(const Samples& samples, Nanoseconds timeout);

    /// Whether the true quantile may be more than 1 % above the histogram's: a censored value may lie at or
    /// below it.
    [[nodiscard]] bool at_quantile(double quantile) const;
    /// Whether the mean and the maximum are.
    [[nodiscard]] bool mean_and_max() const { return censored_ > 0; }

private:
    LowerBounds(const Samples& samples, const stats::Histogram& times, Nanoseconds shortest)
        : times_(&times), censored_(samples.censored), shortest_(shortest) {}

    const stats::Histogram* times_;
    std::uint64_t censored_;
    Nanoseconds shortest_;  ///< no age is less
};

}  // namespace joust::model
