#include "rules/waits.hpp"

#include <algorithm>

namespace joust::rules {
namespace {

constexpr double k_most_of_the_answers = 0.5;  // then the median answer is one of them
constexpr double k_least_of_bound = 0.95;

}  // namespace

std::optional<model::Finding> delayed_body(const model::Samples& samples) {
    const auto answers = static_cast<double>(samples.requests.succeeded);
    const auto delayed = static_cast<double>(samples.delayed_bodies);
    if (delayed == 0 || delayed < k_most_of_the_answers * answers) return std::nullopt;
    // Both histograms hold the same requests, so the difference of their means is the mean difference.
    return model::Finding{
        .rule = model::Rule::delayed_body,
        .facts = model::DelayedBody{
            .share = std::min(delayed / answers, 1.0),
            .rest_ns = std::max(0.0, samples.service_time.mean() - samples.time_to_first_byte.mean())}};
}

std::optional<model::Finding> think_time(const model::Samples& samples, Nanoseconds think_time) {
    const auto users = static_cast<double>(samples.connections.asked);
    if (think_time <= Nanoseconds{0} || users == 0 || samples.window <= Nanoseconds{0}) return std::nullopt;
    const double most_rps = users / seconds(think_time);
    const double rps =
        static_cast<double>(samples.completed_in_window + samples.errors_in_window) / seconds(samples.window);
    if (rps < k_least_of_bound * most_rps) return std::nullopt;
    return model::Finding{
        .rule = model::Rule::think_time,
        .facts = model::ThinkBound{
            .rps = rps, .most_rps = most_rps, .users = samples.connections.asked, .think_time = think_time}};
}

}  // namespace joust::rules
