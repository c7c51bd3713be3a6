#include "analysis/judge.hpp"

#include <algorithm>
#include <cmath>

#include "model/wording.hpp"

namespace joust::analysis {
namespace {

using model::Judgement;
using model::Validity;

constexpr double k_late_floor_ns = 1e6;      // of the generator's delays: 1 ms …
constexpr double k_late_share = 0.1;         // … or this share of the median response time, if that is more
constexpr double k_little_mismatch = 0.05;   // of Little's law
constexpr double k_little_edges_most = 0.2;  // above, the edges of the window drown what is to be seen
constexpr double k_generator_throttled = 0.01;  // of the window
constexpr double k_least_offered_share = 0.98;  // of the rate asked, open model

class Judge {
public:
    Judge(const model::TrialResult& trial, const model::ExperimentSpec& experiment)
        : trial_(trial), samples_(trial.samples), experiment_(experiment) {}

    Judgement judgement() && {
        error_rate();
        incidents();
        few_operations();
        limits();
        steady_state();
        generator();
        not_evaluated("effects",
                      "answers were checked, but rows and files were not counted against the contract");
        not_evaluated("steal", "CPU time taken by other guests of the hypervisor was not recorded");
        return std::move(judgement_);
    }

    Judgement of_generator() && {
        generator();
        return std::move(judgement_);
    }

private:
    void generator() {
        connections();
        generator_delay();
        generator_throttled();
        offered_rate();
        littles_law();
    }

    void add(Validity validity, std::string code, std::string text) {
        judgement_.validity = std::max(judgement_.validity, validity);
        judgement_.reasons.push_back({std::move(code), std::move(text)});
    }
    void invalid(std::string code, std::string text) {
        add(Validity::invalid, std::move(code), std::move(text));
    }
    void suspect(std::string code, std::string text) {
        add(Validity::suspect, std::move(code), std::move(text));
    }
    void not_evaluated(std::string code, std::string text) {
        judgement_.not_evaluated.push_back({std::move(code), std::move(text)});
    }
    bool happened(model::IncidentKind kind) const {
        return std::any_of(trial_.incidents.begin(), trial_.incidents.end(),
                           [&](const model::Incident& incident) { return incident.kind == kind; });
    }

    void error_rate() {
        if (samples_.error_rate() <= experiment_.error_rate_max) return;
        model::Reason reason =
            error_rate_reason(samples_.error_rate(), experiment_.error_rate_max, samples_.errors);
        if (happened(model::IncidentKind::database_connections))
            reason.text += "; the database refused connections";
        invalid(reason.code, reason.text);
    }

    void incidents() {
        if (trial_.service.died && !happened(model::IncidentKind::service_died))
            invalid("service_died", "the service died: it " + trial_.service.exit);
        for (const model::Incident& incident : trial_.incidents)
            if (incident.kind !=
                model::IncidentKind::database_connections)  // explains errors, which are judged
                invalid(std::string(name(incident.kind)), incident.text);
    }

    void few_operations() {
        if (samples_.completed_in_window < k_least_operations)
            invalid("few_operations", fmt::format("{} verified operations, at least {} are needed",
                                                  samples_.completed_in_window, k_least_operations));
    }

    void limits() {
        if (!trial_.contender_limits)
            suspect("limits_off",
                    "measured with --limits off: nothing kept the contender from using the whole host");
    }

    void steady_state() {
        if (!trial_.warmup.steady)
            suspect("no_steady_state",
                    fmt::format("no steady state after {} of warm-up{}{}", spoken(trial_.warmup.length),
                                trial_.warmup.why.empty() ? "" : ": ", trial_.warmup.why));
    }

    void connections() {
        const auto& connections = samples_.connections;
        if (trial_.load_model == model::LoadModel::closed && connections.established < connections.asked)
            suspect("connections", fmt::format("{} of {} connections were established",
                                               connections.established, connections.asked));
    }

    // Lag is what response times contain of the generator's own slowness: its 99th percentile is compared,
    // for that is the highest percentile that is compared between contenders. The run delay of a load thread
    // (ready, but without a CPU) is compared per request that it sent.
    void generator_delay() {
        if (samples_.response_time.empty())
            return not_evaluated("generator_delay", "no response time to compare the generator's delay with");
        const auto p50 = static_cast<double>(samples_.response_time.value_at_quantile(0.5));
        const double limit = std::max(k_late_floor_ns, k_late_share * p50);
        const auto lag = static_cast<double>(samples_.schedule_lag.value_at_quantile(0.99));
        if (lag > limit)
            suspect("generator_lag",
                    fmt::format(
                        "1 % of the requests were sent more than {} late by the load generator (limit {})",
                        model::duration_text(lag), model::duration_text(limit)));
        if (samples_.run_delays.empty())
            return not_evaluated("generator_run_delay",
                                 "the scheduler's statistics of the load threads were not read");
        const auto worst = static_cast<double>(
            std::max_element(samples_.run_delays.begin(), samples_.run_delays.end())->count());
        const double requests = static_cast<double>(std::max<std::uint64_t>(samples_.requests.started, 1)) /
                                static_cast<double>(samples_.run_delays.size());
        if (worst / requests > limit)
            suspect("generator_run_delay",
                    fmt::format("a load thread waited {} per request for a CPU (limit {})",
                                model::duration_text(worst / requests), model::duration_text(limit)));
    }

    void generator_throttled() {
        const auto& throttled = samples_.generator.throttled;
        if (!throttled)
            return not_evaluated("generator_throttled", "throttling of the load generator was not read");
        const double share = seconds(*throttled) / std::max(seconds(samples_.window), 1e-9);
        if (share > k_generator_throttled)
            suspect("generator_throttled",
                    fmt::format("the load generator was throttled for {} of the window (limit {})",
                                model::percent(share), model::percent(k_generator_throttled)));
    }

    void offered_rate() {
        if (trial_.load_model != model::LoadModel::open || samples_.window <= Nanoseconds{0}) return;
        const double offered = static_cast<double>(trial_.plan.level);
        const double sent = static_cast<double>(samples_.requests.started) / seconds(samples_.window);
        if (sent < k_least_offered_share * offered)
            suspect("offered_rate",
                    fmt::format("{} of {} were sent", model::rate_text(sent), model::rate_text(offered)));
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
            return not_evaluated(
                "littles_law",
                fmt::format("requests take {} on average, too long for a window of {}",
                            model::duration_text(mean_s * 1e9), model::limit_text(samples_.window)));
        const double mismatch =
            std::abs(time_in_flight - time_of_requests) / std::max(time_in_flight, time_of_requests);
        if (mismatch > k_little_mismatch + edges)
            suspect("littles_law",
                    fmt::format(
                        "requests in flight and response times disagree by {} (limit {}, {} of it for the "
                        "edges of the window)",
                        model::percent(mismatch), model::percent(k_little_mismatch + edges),
                        model::percent(edges)));
    }

    const model::TrialResult& trial_;
    const model::Samples& samples_;
    const model::ExperimentSpec& experiment_;
    Judgement judgement_;
};

}  // namespace

Judgement judge(const model::TrialResult& trial, const model::ExperimentSpec& experiment) {
    return Judge(trial, experiment).judgement();
}

Judgement self_check(const model::Samples& samples, model::LoadModel load_model, std::int64_t level) {
    model::TrialResult trial;
    trial.plan.level = level;
    trial.load_model = load_model;
    trial.samples = samples;
    return Judge(trial, {}).of_generator();
}

model::Reason error_rate_reason(double error_rate, double limit, const model::RequestErrors& errors) {
    std::string text = fmt::format("{} errors (limit {})", model::percent(error_rate), model::percent(limit));
    const auto most = std::max_element(errors.count.begin(), errors.count.end());
    if (*most > 0)
        text += fmt::format(", {} {}", *most == errors.total() ? "all" : "mostly",
                            plural(static_cast<model::RequestErrorKind>(most - errors.count.begin())));
    return {"error_rate", text};
}

}  // namespace joust::analysis
