#include "rules/generator_rules.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace joust::rules {
namespace {

using model::Finding;
using model::Grade;
using model::NotEvaluated;
using model::Rule;

constexpr double k_late_floor_ns = 1e6;       // of the generator's delays: 1 ms …
constexpr double k_late_share = 0.1;          // … or this share of the median response time, if that is more
constexpr double k_late_most_floor_ns = 1e7;  // of the median delay: 10 ms …
constexpr double k_late_most_share = 0.5;  // … or half the median response time: the rest is the smaller part
constexpr double k_little_mismatch = 0.05;   // of Little's law
constexpr double k_little_edges_most = 0.2;  // above, the edges of the window drown what is to be seen
constexpr double k_withheld = 0.01;          // throttled, stolen, stopped: of the window; the p99 is compared
constexpr Nanoseconds k_least_stop =
    std::chrono::milliseconds(100);  // shorter ones do not make a run invalid
constexpr double k_busy = 0.9;       // of the window on a CPU: a load thread that is the bottleneck
constexpr double k_least_offered_share = 0.98;  // of the rate asked, open model
constexpr double k_held_back = 0.01;            // of the requests
constexpr double k_growth = 1.5;                // of the mean response time from one half to the other
constexpr std::uint64_t k_least_half = 50;      // requests in a half, to speak of its rate

bool open_model(const GeneratorCase& load) {
    return load.load_model == model::LoadModel::open;
}

double window_s(const GeneratorCase& load) {
    return std::max(seconds(load.samples.window), 1e-9);
}

// The time over which requests were due; a load that stops by count goes on until the last is answered.
double offered_s(const GeneratorCase& load) {
    return load.schedule_length ? std::min(seconds(*load.schedule_length), window_s(load)) : window_s(load);
}

double median_ns(const GeneratorCase& load) {
    return static_cast<double>(load.samples.response_time.value_at_quantile(0.5));
}

double late_limit_ns(const GeneratorCase& load) {
    return std::max(k_late_floor_ns, k_late_share * median_ns(load));
}

// Above it most of a response time is the generator's own.
double late_by_far_ns(const GeneratorCase& load) {
    return std::max(k_late_most_floor_ns, k_late_most_share * median_ns(load));
}

// A schedule never slips, and a target with all the work that it can do has no less for a late generator.
Grade lateness(const GeneratorCase& load, bool by_far) {
    const bool slight = open_model(load) || load.target_busy;
    if (by_far) return slight ? Grade::grave_slight : Grade::grave;
    return slight ? Grade::slight : Grade::usual;
}

Nanoseconds longest(const std::vector<Nanoseconds>& times) {
    return *std::max_element(times.begin(), times.end());
}

Outcome over_limit(Rule rule, double share, double limit) {
    if (share <= limit) return Holds{};
    return Finding{.rule = rule, .facts = model::ShareOverLimit{share, limit}};
}

// Each request that failed so would have been sent, and may have been answered, from a host that has more.
Outcome generator_limits(const GeneratorCase& load) {
    const model::GeneratorConduct& conduct = load.samples.conduct;
    if (conduct.shortages == model::Shortages{}) return Holds{};
    return Finding{.rule = Rule::generator_limits,
                   .facts = model::HostShortages{conduct.shortages, conduct.local_ports}};
}

Outcome connections(const GeneratorCase& load) {
    const auto& connections = load.samples.connections;
    if (open_model(load) || connections.established >= connections.asked) return Holds{};
    return Finding{.rule = Rule::connections,
                   .facts = model::MissingConnections{connections.established, connections.asked}};
}

// The delay is what response times contain of the generator's own slowness: its 99th percentile is compared,
// for that is the highest percentile that is compared between contenders. Waiting for a connection is not in
// it: that may be the target's doing.
Outcome generator_lag(const GeneratorCase& load) {
    const model::GeneratorConduct& conduct = load.samples.conduct;
    if (load.samples.response_time.empty() || !conduct.start_delay_p99)
        return NotEvaluated{Rule::generator_lag, {}};
    const auto p50 = static_cast<double>(conduct.start_delay_p50->count());
    const auto p99 = static_cast<double>(conduct.start_delay_p99->count());
    const double most = late_by_far_ns(load);
    if (p50 > most)
        return Finding{Rule::generator_lag, lateness(load, true), model::DelayOverLimit{p50, most}, {}};
    if (p99 > late_limit_ns(load))
        return Finding{
            Rule::generator_lag, lateness(load, false), model::DelayOverLimit{p99, late_limit_ns(load)}, {}};
    return Holds{};
}

// The time that a thread was ready, but without a CPU, per request that it sent.
Outcome generator_run_delay(const GeneratorCase& load) {
    const model::Samples& samples = load.samples;
    if (samples.response_time.empty()) return Holds{};  // the rule before says so
    if (samples.run_delays.empty()) return NotEvaluated{Rule::generator_run_delay, {}};
    const double requests = static_cast<double>(std::max<std::uint64_t>(samples.requests.started, 1)) /
                            static_cast<double>(samples.run_delays.size());
    const double delay = static_cast<double>(longest(samples.run_delays).count()) / requests;
    if (delay <= late_limit_ns(load)) return Holds{};
    const bool by_far = delay > late_by_far_ns(load);
    return Finding{
        .rule = Rule::generator_run_delay,
        .grade = lateness(load, by_far),
        .facts = model::DelayOverLimit{delay, by_far ? late_by_far_ns(load) : late_limit_ns(load)}};
}

Outcome generator_cpu(const GeneratorCase& load) {
    const auto& thread_cpu = load.samples.conduct.thread_cpu;
    if (thread_cpu.empty()) return NotEvaluated{Rule::generator_cpu, {}};
    const double share = seconds(longest(thread_cpu)) / window_s(load);
    if (share <= k_busy) return Holds{};
    // Of a target that could have done more the generator's own speed is all that was measured. An open load
    // has its rate from the plan: other rules say whether that was kept.
    const bool measured = open_model(load) || load.target_may_be_busy;
    return Finding{.rule = Rule::generator_cpu,
                   .grade = measured ? Grade::usual : Grade::grave,
                   .facts = model::ShareOverLimit{share, k_busy}};
}

Outcome generator_stopped(const GeneratorCase& load) {
    const model::GeneratorConduct& conduct = load.samples.conduct;
    if (conduct.thread_stopped.empty()) return NotEvaluated{Rule::generator_stopped, {}};
    const Nanoseconds total = longest(conduct.thread_stopped);
    const double share = seconds(total) / window_s(load);
    if (share <= k_withheld) return Holds{};
    return Finding{Rule::generator_stopped,
                   total >= k_least_stop ? Grade::grave : Grade::usual,
                   model::Standstill{total, conduct.longest_stop, share, k_withheld},
                   {}};
}

Outcome generator_throttled(const GeneratorCase& load) {
    const auto& throttled = load.generator.throttled;
    if (!throttled) return NotEvaluated{Rule::generator_throttled, {}};
    const double share = seconds(*throttled) / window_s(load);
    if (share <= k_withheld) return Holds{};
    return Finding{.rule = Rule::generator_throttled,
                   .grade = *throttled >= k_least_stop ? Grade::grave : Grade::usual,
                   .facts = model::ShareOverLimit{share, k_withheld}};
}

Outcome steal(const GeneratorCase& load) {
    const auto& share = load.target_steal_share ? load.target_steal_share : load.samples.conduct.steal_share;
    if (!share) return NotEvaluated{Rule::steal, {}};
    return over_limit(Rule::steal, *share, k_withheld);
}

// Offered and served rate in the second half of the load. What is merely in flight at its end is not served
// either, so the response time has to have grown, or requests have to have timed out.
Outcome saturation(const GeneratorCase& load) {
    if (!open_model(load)) return Holds{};
    const model::Samples& samples = load.samples;
    const auto& halves = samples.conduct.halves;
    if (halves.size() != 2 || halves[0].due < k_least_half || halves[1].due < k_least_half)
        return NotEvaluated{Rule::saturation, {}};
    const auto mean_s = [](const model::GeneratorConduct::Half& half) {
        return seconds(half.response_time_sum) / static_cast<double>(half.due);
    };
    const auto& [first, second] = std::pair(halves[0], halves[1]);
    const auto due = static_cast<double>(second.due);
    const auto answered = static_cast<double>(second.answered);
    const double gave_up = static_cast<double>(samples.censored) /
                           static_cast<double>(std::max<std::uint64_t>(samples.requests.started, 1));
    const bool grew = mean_s(second) > k_growth * mean_s(first) || gave_up > 1 - k_least_offered_share;
    if (!grew || answered >= k_least_offered_share * due) return Holds{};
    const double half_s = offered_s(load) / 2;
    return Finding{.rule = Rule::saturation,
                   .facts = model::RateMissed{due / half_s, answered / half_s, k_least_offered_share,
                                              load.schedule_length.has_value()}};
}

// Of the requests that were really due: a draw of Poisson arrivals may have more or fewer than the mean.
Outcome offered_rate(const GeneratorCase& load) {
    if (!open_model(load)) return Holds{};
    const auto due = static_cast<double>(load.samples.requests.started);
    if (due == 0) return NotEvaluated{Rule::offered_rate, {}};
    const auto sent = static_cast<double>(load.samples.requests.started - load.samples.conduct.never_begun);
    if (sent >= k_least_offered_share * due) return Holds{};
    const bool kept_up = !std::holds_alternative<Finding>(saturation(load));
    return Finding{
        .rule = Rule::offered_rate,
        .grade = kept_up ? Grade::grave : Grade::usual,
        .facts = model::RateMissed{due / offered_s(load), sent / offered_s(load), k_least_offered_share}};
}

Outcome connection_bound(const GeneratorCase& load) {
    const auto due = static_cast<double>(load.samples.requests.started);
    if (!open_model(load) || due == 0) return Holds{};
    const double share = static_cast<double>(load.samples.conduct.held_back) / due;
    if (share <= k_held_back) return Holds{};
    const std::uint64_t allowed = load.max_connections ? static_cast<std::uint64_t>(*load.max_connections)
                                                       : load.samples.connections.peak;
    return Finding{.rule = Rule::connection_bound, .facts = model::HeldBack{share, k_held_back, allowed}};
}

// Mean number in flight × window against the sum of the times of the requests due in the window. The two
// differ by the requests that straddle an edge of the window: with n independent users and mean time R about
// √(2/n) · R / window of the whole (one standard deviation); three of those are allowed on top of the 5 %.
Outcome littles_law(const GeneratorCase& load) {
    const model::Samples& samples = load.samples;
    const double time_in_flight = samples.in_flight_mean * seconds(samples.window);
    const double time_of_requests = seconds(samples.response_time_sum);
    if (time_in_flight <= 0 || time_of_requests <= 0) return NotEvaluated{Rule::littles_law, {}};
    const double mean_s = time_of_requests / static_cast<double>(samples.requests.started);
    const double edges =
        3 * std::sqrt(2 / std::max(samples.in_flight_mean, 1.0)) * mean_s / seconds(samples.window);
    if (edges > k_little_edges_most)
        return NotEvaluated{Rule::littles_law, model::ShortWindow{mean_s * 1e9, samples.window}};
    const double mismatch =
        std::abs(time_in_flight - time_of_requests) / std::max(time_in_flight, time_of_requests);
    if (mismatch <= k_little_mismatch + edges) return Holds{};
    return Finding{Rule::littles_law,
                   time_in_flight > time_of_requests ? Grade::grave : Grade::usual,
                   model::LittleMismatch{mismatch, k_little_mismatch + edges, edges},
                   {}};
}

}  // namespace

std::span<const GeneratorRule> generator_rules() {
    static constexpr std::array<GeneratorRule, 12> rules{
        generator_limits, connections,       generator_lag,       generator_run_delay,
        generator_cpu,    generator_stopped, generator_throttled, steal,
        offered_rate,     connection_bound,  saturation,          littles_law};
    return rules;
}

}  // namespace joust::rules
