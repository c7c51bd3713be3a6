#pragma once

#include <cstdint>
#include <vector>

#include "model/finding.hpp"
#include "model/samples.hpp"

namespace joust::model {

/// Times of which some are only the ages of requests that never ended.
struct CensoredTimes {
    const stats::Histogram& times;
    std::uint64_t censored = 0;  ///< how many of them are ages
    Nanoseconds shortest{0};     ///< no age is less
    bool starved = false;        ///< requests that are not among them took longer
};

/// The one answer to which figures of a histogram are only lower bounds: because requests that never ended
/// are in it at their age, or because a rule says that longer ones are not in it.
class LowerBounds {
public:
    static LowerBounds of_response_time(const Samples& samples, Nanoseconds timeout,
                                        const std::vector<Finding>& findings = {});
    static LowerBounds of_service_time(const Samples& samples, Nanoseconds timeout,
                                       const std::vector<Finding>& findings = {});
    static LowerBounds of_first_byte(const Samples& samples, Nanoseconds timeout,
                                     const std::vector<Finding>& findings = {});
    /// The histogram outlives this.
    explicit LowerBounds(const CensoredTimes& times)
        : times_(&times.times),
          censored_(times.censored),
          shortest_(times.shortest),
          starved_(times.starved) {}

    /// Whether the true quantile may be more than 1 % above the histogram's: a censored value may lie at or
    /// below it.
    [[nodiscard]] bool at_quantile(double quantile) const;
    /// Whether the mean and the maximum are.
    [[nodiscard]] bool mean_and_max() const { return starved_ || censored_ > 0; }

private:
    const stats::Histogram* times_;
    std::uint64_t censored_;
    Nanoseconds shortest_;
    bool starved_;
};

/// The least age that a request of these samples can have: it times out at `timeout`, but one that a stopped
/// load left behind may have any age.
Nanoseconds shortest_age(const Samples& samples, Nanoseconds timeout);

}  // namespace joust::model
