#include "analysis/operations.hpp"

#include <algorithm>

#include "model/lower_bounds.hpp"

namespace joust::analysis {
namespace {

using model::Estimate;
using model::OperationFigures;
using model::OperationSamples;

/// An operation in one of the trials.
struct Seen {
    const JudgedTrial* judged;
    const OperationSamples* samples;

    [[nodiscard]] std::uint64_t censored() const {
        return samples->requests.timed_out + samples->requests.unfinished;
    }
};

std::vector<std::string> names(std::span<const JudgedTrial> trials) {
    std::vector<std::string> found;
    for (const JudgedTrial& judged : trials)
        for (const OperationSamples& one : judged.trial->samples.operations)
            if (std::find(found.begin(), found.end(), one.name) == found.end()) found.push_back(one.name);
    return found;
}

std::vector<Seen> seen(std::span<const JudgedTrial> trials, const std::string& name) {
    std::vector<Seen> found;
    for (const JudgedTrial& judged : trials)
        for (const OperationSamples& one : judged.trial->samples.operations)
            if (one.name == name) found.push_back({&judged, &one});
    return found;
}

void add(model::RequestCounts& sum, const model::RequestCounts& more) {
    for (const auto part :
         {&model::RequestCounts::started, &model::RequestCounts::succeeded, &model::RequestCounts::failed,
          &model::RequestCounts::timed_out, &model::RequestCounts::unfinished})
        sum.*part += more.*part;
}

void add_goodput(OperationFigures& figures, const std::vector<Seen>& trials) {
    std::vector<double> rates;
    for (const Seen& one : trials)
        if (const Nanoseconds window = one.judged->trial->samples.window; window > Nanoseconds{0})
            rates.push_back(static_cast<double>(one.samples->completed_in_window) / seconds(window));
    if (!rates.empty()) figures.figures[model::Quantity::goodput] = estimate(rates);
}

// Of the merged histogram, as those of the whole cell.
void add_times(OperationFigures& figures, const std::vector<Seen>& trials) {
    stats::Histogram times;
    std::uint64_t censored = 0;
    Nanoseconds shortest = Nanoseconds::max();
    bool starved = false;
    for (const Seen& one : trials) {
        times.merge(one.samples->response_time);
        censored += one.censored();
        const bool any_age = one.samples->requests.unfinished > 0;
        shortest = std::min(shortest, any_age ? Nanoseconds{0} : one.judged->trial->timeout);
        starved = starved ||
                  has_effect(one.judged->judgement->findings, model::Effect::bounds, model::Aspect::latency);
    }
    if (times.empty()) return;
    const model::LowerBounds bounds(
        {.times = times, .censored = censored, .shortest = shortest, .starved = starved});
    for (const model::Quantity quantity : model::k_operation_quantities) {
        const auto& quantile = model::row(quantity).quantile;
        if (!quantile) continue;
        std::vector<double> each;
        for (const Seen& one : trials)
            if (!one.samples->response_time.empty())
                each.push_back(static_cast<double>(one.samples->response_time.value_at_quantile(*quantile)));
        Estimate figure = widened(static_cast<double>(times.value_at_quantile(*quantile)), estimate(each));
        figure.at_least = bounds.at_quantile(*quantile);
        figures.figures[quantity] = figure;
    }
}

}  // namespace

std::vector<OperationFigures> operation_figures(std::span<const JudgedTrial> trials, bool of_all_trials) {
    std::vector<OperationFigures> all;
    std::uint64_t requests = 0;
    for (const std::string& name : names(trials)) {
        OperationFigures& figures = all.emplace_back();
        figures.name = name;
        std::vector<Seen> of_all = seen(trials, name);
        for (const Seen& one : of_all)
            add(figures.requests, one.samples->requests);
        requests += figures.requests.started;
        figures.error_rate = model::error_rate(figures.requests, {});
        const auto left_out = [&](bool counts) { return !of_all_trials && !counts; };
        std::erase_if(of_all, [&](const Seen& one) { return left_out(one.judged->counts()); });
        add_goodput(figures, of_all);
        std::erase_if(of_all,
                      [&](const Seen& one) { return left_out(one.judged->has(model::Aspect::latency)); });
        add_times(figures, of_all);
    }
    if (all.size() < 2) return {};
    for (OperationFigures& one : all)
        if (requests > 0)
            one.share = static_cast<double>(one.requests.started) / static_cast<double>(requests);
    return all;
}

}  // namespace joust::analysis
