#include "analysis/cell.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>

#include "analysis/judge.hpp"
#include "model/wording.hpp"
#include "stats/mean_interval.hpp"

namespace joust::analysis {
namespace {

using model::Cell;
using model::Estimate;
using model::TrialResult;

constexpr double k_saturated_share_of_timeout = 0.8;

using Trials = std::vector<const TrialResult*>;
using Figure = std::function<std::optional<double>(const TrialResult&)>;

// Over the trials that have the figure; empty when none has.
std::optional<Estimate> over(const Trials& trials, const Figure& figure) {
    std::vector<double> values;
    for (const TrialResult* trial : trials)
        if (const auto value = figure(*trial)) values.push_back(*value);
    if (values.empty()) return std::nullopt;
    return estimate(values);
}

Estimate over_all(const Trials& trials, const std::function<double(const TrialResult&)>& figure) {
    return over(trials, [&](const TrialResult& trial) { return std::optional(figure(trial)); })
        .value_or(Estimate{});
}

double cores(Nanoseconds cpu, const TrialResult& trial) {
    const double window = seconds(trial.samples.window);
    return window > 0 ? seconds(cpu) / window : 0.0;
}

std::optional<double> microseconds_per_operation(Nanoseconds cpu, const TrialResult& trial) {
    if (trial.samples.completed_in_window == 0) return std::nullopt;
    return seconds(cpu) * 1e6 / static_cast<double>(trial.samples.completed_in_window);
}

// Censored values are ages of requests that would have taken longer. They end no sooner than the timeout, so
// they lie at the top: a quantile touches them when its rank does, or when it is as long as the timeout
// itself.
bool touches_censored(const stats::Histogram& histogram, std::uint64_t censored, double quantile,
                      Nanoseconds timeout) {
    if (censored == 0 || histogram.empty()) return false;
    const double rank = std::ceil(quantile * static_cast<double>(histogram.count()));
    const bool in_top = rank > static_cast<double>(histogram.count()) - static_cast<double>(censored);
    return in_top || histogram.value_at_quantile(quantile) >= timeout.count();
}

Estimate widened(double value, const Estimate& spread) {
    Estimate result{value, spread.low, spread.high};
    if (result.low) result.low = std::min(*result.low, value);
    if (result.high) result.high = std::max(*result.high, value);
    return result;
}

// `starved`: requests from before the windows are known to have taken longer than those counted here.
void add_latencies(Cell& cell, const Trials& trials, bool starved) {
    stats::Histogram merged;
    std::uint64_t censored = 0;
    Nanoseconds timeout{0};
    for (const TrialResult* trial : trials) {
        merged.merge(trial->samples.response_time);
        censored += trial->samples.censored;
        timeout = trial->timeout;
    }
    if (merged.empty()) return;
    const auto of_trials = [&](auto&& figure) {
        return over(trials,
                    [&](const TrialResult& trial) -> std::optional<double> {
                        const auto& histogram = trial.samples.response_time;
                        if (histogram.empty()) return std::nullopt;
                        return static_cast<double>(figure(histogram));
                    })
            .value_or(Estimate{});
    };
    cell.response_time["mean"] = {
        widened(merged.mean(), of_trials([](const auto& histogram) { return histogram.mean(); })),
        starved || censored > 0};
    constexpr std::array<std::pair<const char*, double>, 5> quantiles{
        {{"p50", 0.5}, {"p95", 0.95}, {"p99", 0.99}, {"p999", 0.999}, {"max", 1.0}}};
    for (const auto& [label, quantile] : quantiles) {
        const auto at = [q = quantile](const stats::Histogram& histogram) {
            return histogram.value_at_quantile(q);
        };
        cell.response_time[label] = {widened(static_cast<double>(at(merged)), of_trials(at)),
                                     starved || touches_censored(merged, censored, quantile, timeout)};
    }
}

void add_usage(Cell& cell, const Trials& trials) {
    const auto mean = [&](auto&& figure) { return over_all(trials, figure); };
    cell.contender_cpu_cores = mean([](const auto& t) { return cores(t.contender.cpu.total(), t); });
    cell.database_cpu_cores = mean([](const auto& t) { return cores(t.database.cpu.total(), t); });
    cell.generator_cpu_cores = mean([](const auto& t) { return cores(t.samples.generator.cpu.total(), t); });
    const auto per_operation = [&](auto&& cpu) {
        return over(trials, [&](const TrialResult& t) { return microseconds_per_operation(cpu(t), t); });
    };
    cell.contender_cpu_us_per_operation =
        per_operation([](const auto& t) { return t.contender.cpu.total(); });
    cell.contender_cpu_user_us_per_operation =
        per_operation([](const auto& t) { return t.contender.cpu.user; });
    cell.contender_cpu_system_us_per_operation =
        per_operation([](const auto& t) { return t.contender.cpu.system; });
    cell.database_cpu_us_per_operation = per_operation([](const auto& t) { return t.database.cpu.total(); });
    cell.contender_memory_mean_mib =
        mean([](const auto& t) { return t.contender.anonymous.mean.mebibytes(); });
    cell.database_memory_mean_mib = mean([](const auto& t) { return t.database.anonymous.mean.mebibytes(); });
    for (const TrialResult* trial : trials) {
        const auto raise = [](double& peak, Bytes seen) { peak = std::max(peak, seen.mebibytes()); };
        raise(cell.contender_memory_peak_mib, trial->contender.anonymous.peak);
        raise(cell.contender_page_cache_peak_mib, trial->contender.page_cache.peak);
        raise(cell.database_memory_peak_mib, trial->database.anonymous.peak);
    }
    cell.throttled_share = over(trials, [](const TrialResult& t) -> std::optional<double> {
        if (!t.contender.throttled) return std::nullopt;
        return cores(*t.contender.throttled, t);
    });
    cell.context_switches_per_operation = over(trials, [](const TrialResult& t) -> std::optional<double> {
        const model::Usage& usage = t.contender;
        if (!usage.voluntary_context_switches || !usage.involuntary_context_switches ||
            t.samples.completed_in_window == 0)
            return std::nullopt;
        return static_cast<double>(*usage.voluntary_context_switches + *usage.involuntary_context_switches) /
               static_cast<double>(t.samples.completed_in_window);
    });
}

void add_requests(Cell& cell, std::span<const JudgedTrial> trials) {
    for (const JudgedTrial& judged : trials) {
        const model::Samples& samples = judged.trial->samples;
        cell.requests.started += samples.requests.started;
        cell.requests.succeeded += samples.requests.succeeded;
        cell.requests.failed += samples.requests.failed;
        cell.requests.timed_out += samples.requests.timed_out;
        cell.requests.unfinished += samples.requests.unfinished;
        for (std::size_t kind = 0; kind < model::k_request_error_kinds; ++kind)
            cell.errors.count[kind] += samples.errors.count[kind];
        for (const auto& [status, count] : samples.statuses)
            cell.statuses[status] += count;
        cell.connections_peak = std::max(cell.connections_peak, samples.connections.peak);
    }
    // What failed for want of something in the generator's own host is no error of the contender's.
    const std::uint64_t own = cell.errors[model::RequestErrorKind::generator];
    const std::uint64_t bad = cell.requests.failed + cell.requests.timed_out + cell.requests.unfinished - own;
    if (cell.requests.started > own)
        cell.error_rate = static_cast<double>(bad) / static_cast<double>(cell.requests.started - own);
}

// The reasons of its trials, each code once with the number of trials that it holds for. Those of invalid
// trials come first: the first reason of an invalid cell is what made it so.
std::vector<model::Reason> merged_reasons(std::span<const JudgedTrial> trials) {
    std::vector<model::Reason> merged;
    std::vector<int> counts;
    std::vector<const JudgedTrial*> worst_first;
    for (const bool counting : {false, true})
        for (const JudgedTrial& judged : trials)
            if (judged.counts() == counting) worst_first.push_back(&judged);
    for (const JudgedTrial* judged : worst_first)
        for (const model::Reason& reason : judged->judgement->reasons) {
            const auto known = std::find_if(merged.begin(), merged.end(), [&](const model::Reason& other) {
                return other.code == reason.code;
            });
            if (known == merged.end()) {
                merged.push_back(reason);
                counts.push_back(1);
            } else {
                ++counts[static_cast<std::size_t>(known - merged.begin())];
            }
        }
    for (std::size_t i = 0; i < merged.size(); ++i)
        if (static_cast<std::size_t>(counts[i]) < trials.size())
            merged[i].text += fmt::format(" ({} of {} trials)", counts[i], trials.size());
    return merged;
}

// A median near the timeout, or more timeouts than answers: what is measured is the timeout.
std::optional<model::Reason> saturation(const Cell& cell, Nanoseconds timeout) {
    const std::uint64_t timed_out = cell.requests.timed_out + cell.requests.unfinished;
    const auto p50 = cell.response_time.find("p50");
    const bool slow =
        p50 != cell.response_time.end() &&
        p50->second.value_ns.value >= k_saturated_share_of_timeout * static_cast<double>(timeout.count());
    if (timeout <= Nanoseconds{0} || (!slow && timed_out * 2 <= cell.requests.started)) return std::nullopt;
    std::string text = "saturated: ";
    if (timed_out * 2 > cell.requests.started) {
        const double share = static_cast<double>(timed_out) / static_cast<double>(cell.requests.started);
        text += fmt::format("{} of the requests had no answer within the timeout of {}",
                            model::percent(share), model::limit_text(timeout));
    } else {
        text += fmt::format("half of the requests took {}{} or longer, with a timeout of {}",
                            p50->second.at_least ? "≥ " : "",
                            model::duration_text(p50->second.value_ns.value), model::limit_text(timeout));
    }
    return model::Reason{"saturated", text + "; use fewer users, more CPU or less work per request"};
}

void judge_cell(Cell& cell, std::span<const JudgedTrial> trials, const model::ExperimentSpec& experiment) {
    cell.judgement.reasons = merged_reasons(trials);
    for (const JudgedTrial& judged : trials)
        for (const model::Reason& rule : judged.judgement->not_evaluated) {
            auto& rules = cell.judgement.not_evaluated;
            const bool known = std::any_of(rules.begin(), rules.end(), [&](const model::Reason& other) {
                return other.code == rule.code;
            });
            if (!known) rules.push_back(rule);
        }
    const bool too_many_errors = cell.error_rate > experiment.error_rate_max;
    if (too_many_errors) {
        // One figure for the cell, over all its requests, in place of the first trial's.
        model::Reason reason =
            error_rate_reason(cell.error_rate, experiment.error_rate_max, {cell.errors, cell.statuses});
        auto& reasons = cell.judgement.reasons;
        std::erase_if(reasons, [](const model::Reason& other) { return other.code == "error_rate"; });
        reasons.insert(reasons.begin(), std::move(reason));
    }
    if (too_many_errors || cell.valid_trials * 2 < cell.trials) {
        cell.judgement.validity = model::Validity::invalid;
    } else if (!cell.judgement.reasons.empty()) {
        cell.judgement.validity = model::Validity::suspect;
    }
}

}  // namespace

model::Estimate estimate(const std::vector<double>& values) {
    const auto mean = stats::mean_interval(values);
    if (!mean) return {};
    Estimate result{mean->mean, std::nullopt, std::nullopt};
    if (mean->interval) {
        result.low = std::max(0.0, mean->interval->low);
        result.high = mean->interval->high;
    }
    return result;
}

model::Cell make_cell(std::span<const JudgedTrial> trials, const model::ExperimentSpec& experiment) {
    const TrialResult& first = *trials.front().trial;
    Cell cell;
    cell.contender = first.plan.contender;
    cell.level = first.plan.level;
    cell.trials = static_cast<int>(trials.size());
    cell.valid_trials =
        static_cast<int>(std::count_if(trials.begin(), trials.end(), std::mem_fn(&JudgedTrial::counts)));
    add_requests(cell, trials);
    judge_cell(cell, trials, experiment);
    std::vector<double> error_rates;
    for (const JudgedTrial& judged : trials)
        error_rates.push_back(judged.trial->samples.error_rate());
    cell.error_rate_of_trials = estimate(error_rates);
    if (auto& high = cell.error_rate_of_trials.high) high = std::min(*high, 1.0);
    Trials used;
    bool starved = false;
    for (const JudgedTrial& judged : trials) {
        if (cell.judgement.validity != model::Validity::invalid && !judged.counts()) continue;
        used.push_back(judged.trial);
        starved = starved || latencies_are_lower_bounds(*judged.trial, *judged.judgement);
    }
    cell.goodput_rps = over_all(used, [](const TrialResult& t) { return t.samples.goodput_rps(); });
    cell.throughput_rps = over_all(used, [](const TrialResult& t) {
        const double window = seconds(t.samples.window);
        const auto ended = t.samples.completed_in_window + t.samples.errors_in_window;
        return window > 0 ? static_cast<double>(ended) / window : 0.0;
    });
    add_latencies(cell, used, starved);
    add_usage(cell, used);
    if (auto reason = saturation(cell, first.timeout)) {
        cell.judgement.reasons.push_back(std::move(*reason));
        cell.judgement.validity = std::max(cell.judgement.validity, model::Validity::suspect);
    }
    return cell;
}

}  // namespace joust::analysis
