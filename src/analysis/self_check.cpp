#include "analysis/self_check.hpp"

#include <algorithm>
#include <cmath>

#include "model/wording.hpp"

namespace joust::analysis {
namespace {

using model::duration_text;
using model::Judgement;
using model::limit_text;
using model::percent;
using model::rate_text;
using model::Validity;

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

class SelfCheck {
public:
    SelfCheck(const model::Samples& samples, model::LoadModel load_model,
              std::optional<Nanoseconds> schedule_length, std::optional<int> max_connections)
        : samples_(samples),
          conduct_(samples.conduct),
          open_(load_model == model::LoadModel::open),
          schedule_length_(schedule_length),
          max_connections_(max_connections) {}

    Judgement judgement() && {
        shortages();
        connections();
        start_delay();
        run_delay();
        cpu();
        stopped();
        throttled();
        steal();
        offered_rate();
        connection_bound();
        saturation();
        littles_law();
        return std::move(judgement_);
    }

private:
    void add(Validity validity, const char* code, std::string text) {
        judgement_.validity = std::max(judgement_.validity, validity);
        judgement_.reasons.push_back({code, std::move(text)});
    }
    void invalid(const char* code, std::string text) { add(Validity::invalid, code, std::move(text)); }
    void suspect(const char* code, std::string text) { add(Validity::suspect, code, std::move(text)); }
    void not_evaluated(const char* code, std::string text) {
        judgement_.not_evaluated.push_back({code, std::move(text)});
    }
    [[nodiscard]] double window_s() const { return std::max(seconds(samples_.window), 1e-9); }
    // Over which requests were due; a load that stops by count goes on until the last is answered.
    [[nodiscard]] double offered_s() const {
        return schedule_length_ ? std::min(seconds(*schedule_length_), window_s()) : window_s();
    }
    [[nodiscard]] double median_ns() const {
        return static_cast<double>(samples_.response_time.value_at_quantile(0.5));
    }
    [[nodiscard]] double late_limit_ns() const {
        return std::max(k_late_floor_ns, k_late_share * median_ns());
    }
    [[nodiscard]] static Nanoseconds longest(const std::vector<Nanoseconds>& times) {
        return *std::max_element(times.begin(), times.end());
    }

    // Each request that failed so would have been sent, and may have been answered, from a host that has
    // more.
    void shortages() {
        for (std::size_t i = 0; i < model::k_shortages; ++i) {
            const auto shortage = static_cast<model::Shortage>(i);
            const std::uint64_t count = conduct_.shortages[shortage];
            if (count == 0) continue;
            std::string what(text_of(shortage).what);
            if (shortage == model::Shortage::local_ports && conduct_.local_ports)
                what += fmt::format(" (net.ipv4.ip_local_port_range has {})", *conduct_.local_ports);
            invalid("generator_limits", fmt::format("{}, {}: this host's limit, not the target's; {}", what,
                                                    model::counted(static_cast<std::int64_t>(count), "time"),
                                                    text_of(shortage).remedy));
        }
    }

    void connections() {
        const auto& connections = samples_.connections;
        if (!open_ && connections.established < connections.asked)
            suspect("connections", fmt::format("{} of {} connections were established",
                                               connections.established, connections.asked));
    }

    // The delay is what response times contain of the generator's own slowness: its 99th percentile is
    // compared, for that is the highest percentile that is compared between contenders. Waiting for a
    // connection is not in it: that may be the target's doing.
    void start_delay() {
        if (samples_.response_time.empty() || !conduct_.start_delay_p99)
            return not_evaluated("generator_lag", "no response time to compare the generator's delay with");
        const auto p50 = static_cast<double>(conduct_.start_delay_p50->count());
        const auto p99 = static_cast<double>(conduct_.start_delay_p99->count());
        const double most = std::max(k_late_most_floor_ns, k_late_most_share * median_ns());
        if (p50 > most)
            return invalid(
                "generator_lag",
                fmt::format("half of the requests were begun more than {} late by the load generator "
                            "(limit {}): most of the response time is its own",
                            duration_text(p50), duration_text(most)));
        if (p99 > late_limit_ns())
            suspect("generator_lag",
                    fmt::format(
                        "1 % of the requests were begun more than {} late by the load generator (limit {})",
                        duration_text(p99), duration_text(late_limit_ns())));
    }

    // Ready, but without a CPU; per request that the thread sent.
    void run_delay() {
        if (samples_.response_time.empty()) return;  // said above
        if (samples_.run_delays.empty())
            return not_evaluated("generator_run_delay",
                                 "the scheduler's statistics of the load threads were not read");
        const double requests = static_cast<double>(std::max<std::uint64_t>(samples_.requests.started, 1)) /
                                static_cast<double>(samples_.run_delays.size());
        const double delay = static_cast<double>(longest(samples_.run_delays).count()) / requests;
        if (delay > late_limit_ns())
            suspect("generator_run_delay",
                    fmt::format("a load thread waited {} per request for a CPU (limit {})",
                                duration_text(delay), duration_text(late_limit_ns())));
    }

    void cpu() {
        if (conduct_.thread_cpu.empty())
            return not_evaluated("generator_cpu",
                                 "the load threads poll, or their CPU time was not recorded");
        const double share = seconds(longest(conduct_.thread_cpu)) / window_s();
        if (share > k_busy)
            suspect("generator_cpu",
                    fmt::format("a load thread was on its CPU for {} of the window (limit {}): the load "
                                "generator was the bottleneck, give it more threads",
                                percent(share), percent(k_busy)));
    }

    void stopped() {
        if (conduct_.thread_stopped.empty())
            return not_evaluated("generator_stopped",
                                 "the scheduler's statistics of the load threads were not read");
        const Nanoseconds total = longest(conduct_.thread_stopped);
        const double share = seconds(total) / window_s();
        if (share <= k_withheld) return;
        const std::string text = fmt::format(
            "the load generator itself stood still for {}, {} of the window (limit {}), at most {} at a "
            "time: a signal or the hypervisor stopped it, and response times contain that",
            duration_text(static_cast<double>(total.count())), percent(share), percent(k_withheld),
            duration_text(static_cast<double>(conduct_.longest_stop.count())));
        if (total >= k_least_stop) return invalid("generator_stopped", text);
        suspect("generator_stopped", text);
    }

    void throttled() {
        const auto& throttled = samples_.generator.throttled;
        if (!throttled)
            return not_evaluated("generator_throttled", "throttling of the load generator was not read");
        const double share = seconds(*throttled) / window_s();
        if (share > k_withheld)
            suspect("generator_throttled",
                    fmt::format("the load generator was throttled for {} of the window (limit {})",
                                percent(share), percent(k_withheld)));
    }

    void steal() {
        if (!conduct_.steal_share)
            return not_evaluated("steal",
                                 "CPU time taken by other guests of the hypervisor was not recorded");
        if (*conduct_.steal_share > k_withheld)
            suspect("steal", fmt::format("other guests of the hypervisor took {} of this host's CPU time "
                                         "(limit {})",
                                         percent(*conduct_.steal_share), percent(k_withheld)));
    }

    // Of the requests that were really due: a draw of Poisson arrivals may have more or fewer than the mean.
    void offered_rate() {
        if (!open_) return;
        const auto due = static_cast<double>(samples_.requests.started);
        if (due == 0) return not_evaluated("offered_rate", "no request was due");
        const auto sent = static_cast<double>(samples_.requests.started - conduct_.never_begun);
        if (sent < k_least_offered_share * due)
            suspect("offered_rate",
                    fmt::format("{} of {} were sent (limit {})", rate_text(sent / offered_s()),
                                rate_text(due / offered_s()), percent(k_least_offered_share)));
    }

    void connection_bound() {
        const auto due = static_cast<double>(samples_.requests.started);
        if (!open_ || due == 0) return;
        const double share = static_cast<double>(conduct_.held_back) / due;
        if (share > k_held_back)
            suspect("connection_bound",
                    fmt::format("{} of the requests waited in the load generator, because all of its {} "
                                "connections were busy (limit {})",
                                percent(share),
                                max_connections_ ? static_cast<std::uint64_t>(*max_connections_)
                                                 : samples_.connections.peak,
                                percent(k_held_back)));
    }

    // Offered and served rate in the second half of the load. What is merely in flight at its end is not
    // served either, so the response time has to have grown, or requests have to have timed out.
    void saturation() {
        if (!open_) return;
        if (conduct_.halves.size() != 2 || conduct_.halves[0].due < k_least_half ||
            conduct_.halves[1].due < k_least_half)
            return not_evaluated("saturation", "too few requests were due, or the load was cut short");
        const auto mean_s = [](const model::GeneratorConduct::Half& half) {
            return seconds(half.response_time_sum) / static_cast<double>(half.due);
        };
        const auto& [first, second] = std::pair(conduct_.halves[0], conduct_.halves[1]);
        const auto due = static_cast<double>(second.due);
        const auto answered = static_cast<double>(second.answered);
        const double gave_up = static_cast<double>(samples_.censored) /
                               static_cast<double>(std::max<std::uint64_t>(samples_.requests.started, 1));
        const bool grew = mean_s(second) > k_growth * mean_s(first) || gave_up > 1 - k_least_offered_share;
        if (!grew || answered >= k_least_offered_share * due) return;
        const double half_s = offered_s() / 2;
        suspect("saturation",
                fmt::format("of {} offered in the second half of the {} {} were served (limit {}): "
                            "requests piled up, and their response times depend on how long the run was",
                            rate_text(due / half_s), schedule_length_ ? "schedule" : "window",
                            rate_text(answered / half_s), percent(k_least_offered_share)));
    }

    // Mean number in flight × window against the sum of the times of the requests due in the window. The two
    // differ by the requests that straddle an edge of the window: with n independent users and mean time R
    // about √(2/n) · R / window of the whole (one standard deviation); three of those are allowed on top of
    // the 5 %.
    void littles_law() {
        const double time_in_flight = samples_.in_flight_mean * seconds(samples_.window);
        const double time_of_requests = seconds(samples_.response_time_sum);
        if (time_in_flight <= 0 || time_of_requests <= 0)
            return not_evaluated("littles_law", "requests in flight were not recorded");
        const double mean_s = time_of_requests / static_cast<double>(samples_.requests.started);
        const double edges =
            3 * std::sqrt(2 / std::max(samples_.in_flight_mean, 1.0)) * mean_s / seconds(samples_.window);
        if (edges > k_little_edges_most)
            return not_evaluated("littles_law",
                                 fmt::format("requests take {} on average, too long for a window of {}",
                                             duration_text(mean_s * 1e9), limit_text(samples_.window)));
        const double mismatch =
            std::abs(time_in_flight - time_of_requests) / std::max(time_in_flight, time_of_requests);
        if (mismatch > k_little_mismatch + edges)
            suspect("littles_law",
                    fmt::format(
                        "requests in flight and response times disagree by {} (limit {}, {} of it for the "
                        "edges of the window)",
                        percent(mismatch), percent(k_little_mismatch + edges), percent(edges)));
    }

    const model::Samples& samples_;
    const model::GeneratorConduct& conduct_;
    const bool open_;
    const std::optional<Nanoseconds> schedule_length_;
    const std::optional<int> max_connections_;
    Judgement judgement_;
};

}  // namespace

Judgement self_check(const model::Samples& samples, model::LoadModel load_model,
                     std::optional<Nanoseconds> schedule_length, std::optional<int> max_connections) {
    return SelfCheck(samples, load_model, schedule_length, max_connections).judgement();
}

}  // namespace joust::analysis
