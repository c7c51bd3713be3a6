#include "support/scenario.hpp"

#include <algorithm>
#include <cmath>

namespace joust::test {

using namespace std::chrono_literals;

std::vector<Scenario::Stall> Scenario::every(Nanoseconds period, int count, Nanoseconds length) {
    std::vector<Stall> stalls;
    for (int i = 0; i < count; ++i)
        stalls.push_back({period / 2 + period * i, length});
    return stalls;
}

Scenario Scenario::scaled(double factor) const {
    const auto shorter = [&](Nanoseconds time) { return from_seconds(seconds(time) * factor); };
    Scenario result = *this;
    for (Stall& stall : result.stalls)
        stall = {shorter(stall.at), shorter(stall.length)};
    if (result.ramp) result.ramp = {shorter(ramp->from), shorter(ramp->to), ramp->service};
    return result;
}

Service::Service(Scenario scenario) : scenario_(std::move(scenario)) {
    if (scenario_.places) free_at_.assign(*scenario_.places, Nanoseconds::min());
}

Nanoseconds Service::delay(Nanoseconds arrived, std::uint64_t connection) {
    Nanoseconds service = scenario_.service;
    if (scenario_.ramp && arrived > scenario_.ramp->from) {
        const auto& [from, to, at_last] = *scenario_.ramp;
        const double risen = std::min(1.0, seconds(arrived - from) / seconds(to - from));
        service += from_seconds(seconds(at_last - service) * risen);
    }
    if (scenario_.slow && ++requests_ % scenario_.slow->every == 0) service = scenario_.slow->service;
    if (scenario_.slow_connection && scenario_.slow_connection->connection == connection)
        service = scenario_.slow_connection->service;
    Nanoseconds begin = arrived;
    auto place = free_at_.end();
    if (!free_at_.empty()) {
        place = std::min_element(free_at_.begin(), free_at_.end());
        begin = std::max(begin, *place);
    }
    Nanoseconds release = begin + service;
    for (const Scenario::Stall& stall : scenario_.stalls)
        if (arrived < stall.at + stall.length && release >= stall.at)
            release = std::max(release, stall.at + stall.length);
    if (place != free_at_.end()) *place = release;
    return release - arrived;
}

std::vector<Nanoseconds> true_response_times(const Scenario& scenario, double rate, Nanoseconds length) {
    Service service(scenario);
    std::vector<Nanoseconds> times;
    const auto count = static_cast<std::size_t>(std::llround(rate * seconds(length)));
    for (std::size_t i = 0; i < count; ++i)
        times.push_back(service.delay(from_seconds(static_cast<double>(i) / rate)));
    std::sort(times.begin(), times.end());
    return times;
}

Nanoseconds quantile_of(const std::vector<Nanoseconds>& sorted, double quantile) {
    // The product may come out a little above a whole rank, as HdrHistogram has it, too.
    const double rank = std::ceil(quantile * static_cast<double>(sorted.size()) - 1e-6);
    return sorted[static_cast<std::size_t>(std::max(rank, 1.0)) - 1];
}

std::vector<Scenario> published_scenarios() {
    return {
        {.name = "healthy"},
        {.name = "one_stall", .stalls = {{30s, 1s}}},
        {.name = "service_time_ramps", .ramp = Scenario::Ramp{20s, 50s, 100ms}},
        {.name = "periodic_stalls", .stalls = Scenario::every(10s, 6, 200ms)},
        {.name = "limit_not_binding", .places = 500},
        {.name = "limit_binding", .places = 5},
    };
}

}  // namespace joust::test
