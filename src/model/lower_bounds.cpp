#include "model/lower_bounds.hpp"

#include <algorithm>
#include <cmath>

namespace joust::model {

Nanoseconds shortest_age(const Samples& samples, Nanoseconds timeout) {
    return samples.requests.unfinished > 0 ? Nanoseconds{0} : timeout;
}

namespace {

// Ages count from the send here, which was later by the schedule's lag.
Nanoseconds shortest_age_from_send(const Samples& samples, Nanoseconds timeout) {
    return shortest_age(samples, timeout - Nanoseconds{samples.schedule_lag.max()});
}

}  // namespace

LowerBounds LowerBounds::of_response_time(const Samples& samples, Nanoseconds timeout,
                                          const std::vector<Finding>& findings) {
    return LowerBounds({.times = samples.response_time,
                        .censored = samples.censored,
                        .shortest = shortest_age(samples, timeout),
                        .starved = has_effect(findings, Effect::bounds, Aspect::latency)});
}

LowerBounds LowerBounds::of_service_time(const Samples& samples, Nanoseconds timeout,
                                         const std::vector<Finding>& findings) {
    return LowerBounds({.times = samples.service_time,
                        .censored = samples.censored,
                        .shortest = shortest_age_from_send(samples, timeout),
                        .starved = users_starve(findings)});
}

// How many requests began an answer and never ended it is not known: all that never ended count as ages.
LowerBounds LowerBounds::of_first_byte(const Samples& samples, Nanoseconds timeout,
                                       const std::vector<Finding>& findings) {
    return LowerBounds({.times = samples.time_to_first_byte,
                        .censored = samples.censored,
                        .shortest = shortest_age_from_send(samples, timeout),
                        .starved = users_starve(findings)});
}

// Were every censored time infinite and its age the shortest of all, the quantile would be the value that is
// `censored_` ranks higher: the truth lies in between.
bool LowerBounds::at_quantile(double quantile) const {
    if (starved_) return true;
    if (censored_ == 0 || times_->empty()) return false;
    const std::int64_t value = times_->value_at_quantile(quantile);
    if (value < shortest_.count()) return false;
    const auto all = static_cast<double>(times_->count());
    const double highest = std::max(1.0, std::ceil(quantile * all)) + static_cast<double>(censored_);
    if (highest > all) return true;
    constexpr double k_same = 1.01;  // what three digits show, and the histogram resolves, is less
    return static_cast<double>(times_->value_at_quantile(highest / all)) >
           k_same * static_cast<double>(value);
}

}  // namespace joust::model
