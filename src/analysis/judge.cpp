#include "analysis/judge.hpp"

#include <algorithm>

#include "analysis/self_check.hpp"
#include "model/wording.hpp"

namespace joust::analysis {
namespace {

using model::Judgement;
using model::Validity;

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
        cpu_of_its_own();
        generator();
        not_evaluated("effects",
                      "answers were checked, but rows and files were not counted against the contract");
        return std::move(judgement_);
    }

private:
    void generator() {
        const Judgement check = self_check(samples_, trial_.load_model);
        for (const model::Reason& reason : check.reasons)
            judgement_.reasons.push_back(reason);
        for (const model::Reason& reason : check.not_evaluated)
            judgement_.not_evaluated.push_back(reason);
        judgement_.validity = std::max(judgement_.validity, check.validity);
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
            if (incident.kind != model::IncidentKind::database_connections &&  // explains errors, judged
                incident.kind != model::IncidentKind::log_cut)
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

    // Its limit is a promise of so many CPUs, which others on them break.
    void cpu_of_its_own() {
        if (!trial_.contender_cpu_taken || !trial_.contender_limits)
            return not_evaluated("cpu_taken",
                                 "what others used of the contender's CPUs was not measured, as where it has "
                                 "no CPU of its own");
        const auto cpus =
            static_cast<double>(std::max<std::size_t>(1, trial_.contender_limits->cpu_set.size()));
        const double taken = seconds(*trial_.contender_cpu_taken) / (seconds(samples_.window) * cpus);
        if (taken > k_cpu_taken_max)
            suspect("cpu_taken",
                    fmt::format(
                        "other programs on this host used {} of the CPU time that is the contender's alone "
                        "(limit {})",
                        model::percent(taken), model::percent(k_cpu_taken_max)));
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

model::Reason error_rate_reason(double error_rate, double limit, const model::RequestErrors& errors) {
    std::string text = fmt::format("{} errors (limit {})", model::percent(error_rate), model::percent(limit));
    const auto most = std::max_element(errors.count.begin(), errors.count.end());
    if (*most > 0)
        text += fmt::format(", {} {}", *most == errors.total() ? "all" : "mostly",
                            plural(static_cast<model::RequestErrorKind>(most - errors.count.begin())));
    return {"error_rate", text};
}

bool fails_littles_law(const model::Judgement& judgement) {
    return std::any_of(judgement.reasons.begin(), judgement.reasons.end(),
                       [](const model::Reason& reason) { return reason.code == "littles_law"; });
}

bool latencies_are_lower_bounds(const model::TrialResult& trial, const model::Judgement& judgement) {
    const model::Samples& samples = trial.samples;
    return fails_littles_law(judgement) &&
           samples.in_flight_mean * seconds(samples.window) > seconds(samples.response_time_sum);
}

}  // namespace joust::analysis
