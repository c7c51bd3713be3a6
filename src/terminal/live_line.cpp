#include "terminal/live_line.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <vector>

#include "base/bars.hpp"
#include "base/quantity.hpp"
#include "base/text.hpp"
#include "base/text_width.hpp"
#include "model/lower_bounds.hpp"
#include "model/wording.hpp"
#include "report/words/rules.hpp"

namespace joust::terminal {
namespace {

constexpr int k_bar_cells = 16;

std::string milliseconds(Nanoseconds duration) {
    const double value = seconds(duration) * 1000;
    return value < 10 ? fmt::format("{:.1f} ms", value) : fmt::format("{:.0f} ms", value);
}

std::string phase_text(const experiment::LiveReading& reading) {
    using experiment::Phase;
    switch (reading.phase) {
        case Phase::starting:
            return "starting";
        case Phase::warming_up:
            return fmt::format("warm-up {:.0f} s", seconds(reading.in_phase));
        case Phase::measuring:
            return fmt::format("measuring {:.0f}/{:g} s", seconds(reading.in_phase),
                               seconds(reading.phase_length));
        case Phase::draining:
            return fmt::format("draining {:.0f} s", seconds(reading.in_phase));
    }
    return {};
}

}  // namespace

std::string subject(const model::PlannedTrial& trial, model::LoadModel load_model) {
    return fmt::format("{}, {}, block {}", trial.entrant, model::level_text(load_model, trial.level),
                       trial.block + 1);
}

std::string so_far_line(const std::vector<MeasuredRate>& measured, model::LoadModel load,
                        Nanoseconds elapsed) {
    std::map<std::int64_t, std::map<std::string, std::vector<double>>> cells;
    for (const MeasuredRate& one : measured) {
        if (one.lens != model::Lens::capacity) continue;  // at an equal rate goodput is the load
        std::vector<double>& goodputs = cells[one.level][one.entrant];
        if (one.counts) goodputs.push_back(one.goodput_rps);
    }
    std::vector<std::string> levels;
    for (const auto& [level, entrants] : cells) {
        std::vector<std::string> rates;
        for (const auto& [entrant, goodputs] : entrants) {
            const double sum = std::accumulate(goodputs.begin(), goodputs.end(), 0.0);
            rates.push_back(entrant + " " +
                            (goodputs.empty()
                                 ? std::string(name(model::Validity::invalid))
                                 : model::rate_text(sum / static_cast<double>(goodputs.size()))));
        }
        levels.push_back(fmt::format("{}: {}", model::level_text(load, level), joined(rates, ", ")));
    }
    return fmt::format("goodput after {}, which decides nothing yet: {}", spoken(elapsed),
                       joined(levels, "; "));
}

int trials_in_all(const model::Benchmark& benchmark, const model::PlannedTrial& trial, int planned) {
    if (trial.lens != model::Lens::equal_rate) return planned;
    const int blocks_left = benchmark.experiment.blocks_min - trial.block;
    return trial.index - trial.position + blocks_left * static_cast<int>(benchmark.entrants.size());
}

Nanoseconds time_left(const Pace& pace) {
    const Nanoseconds each = pace.done > 0 ? pace.took / pace.done : pace.planned;
    const int waiting = std::max(0, pace.trials - pace.done - 1);
    return each * waiting + std::max(Nanoseconds{0}, each - pace.running);
}

std::string live_line(const LiveView& view, int columns) {
    const model::PlannedTrial& trial = view.trial;
    const double share = view.trials > 0 ? static_cast<double>(trial.index) / view.trials : 0.0;
    const std::string count = fmt::format("{}/{}", trial.index + 1, view.trials);
    const std::string phase = phase_text(view.reading);
    const std::string brief =
        fmt::format("{}, {}", trial.entrant, model::level_text(view.load_model, trial.level));
    const std::string rate = fmt::format("goodput {:.0f}/s", view.reading.goodput_rps);
    const std::string tail = fmt::format("p99 {}", milliseconds(view.reading.response_time_p99));
    const std::string errors =
        fmt::format("{} error{}", view.reading.errors, view.reading.errors == 1 ? "" : "s");
    const std::string left = fmt::format("{} left", spoken(view.time_left));
    const std::vector<std::vector<std::string>> from_long_to_short{
        {bar(share, k_bar_cells, {.whole_cells = true, .track = true}) + " " + count,
         subject(trial, view.load_model), phase, rate, tail, errors, left},
        {count, subject(trial, view.load_model), phase, rate, tail, errors, left},
        {count, brief, phase, rate, tail, errors, left},
        {count, brief, rate, tail, errors, left},
        {count, rate, tail, errors, left},
    };
    std::string line;
    const auto limit = static_cast<std::size_t>(std::max(columns - 1, 20));
    for (const std::vector<std::string>& parts : from_long_to_short) {
        line = joined(parts, "  ");
        if (display_width(line) <= limit) return line;
    }
    while (display_width(line) > limit && line.find("  ") != std::string::npos)
        line.resize(line.rfind("  "));
    return std::string(cut_to_width(line, limit));
}

std::string_view finished_mark(model::Validity validity) {
    switch (validity) {
        case model::Validity::valid:
            return "✓";
        case model::Validity::suspect:
            return "?";
        case model::Validity::invalid:
            break;
    }
    return "✗";
}

std::vector<std::string> finished_lines(const model::TrialResult& result, int trials,
                                        const model::Judgement& judgement) {
    const model::Samples& samples = result.samples;
    std::string text = fmt::format("{}/{} {}: goodput {:.1f}/s", result.plan.index + 1, trials,
                                   subject(result.plan, result.load_model), samples.goodput_rps());
    if (!samples.response_time.empty()) {
        const auto bounds = model::LowerBounds::of_response_time(samples, result.timeout, judgement.findings);
        text += fmt::format(", p99 {}{}", bounds.at_quantile(0.99) ? "≥ " : "",
                            milliseconds(Nanoseconds{samples.response_time.value_at_quantile(0.99)}));
    }
    text += fmt::format(", {:.1f} % errors", samples.error_rate() * 100);
    std::string reasons;
    for (const model::Finding& finding : judgement.findings)
        reasons += (reasons.empty() ? "" : ", ") + report::words::short_name(finding.rule);
    if (!reasons.empty()) text += fmt::format(", {}: {}", name(judgement.validity), reasons);
    std::vector<std::string> lines{std::move(text)};
    for (const model::Incident& incident : result.incidents)
        lines.push_back("    " + incident.text);
    return lines;
}

}  // namespace joust::terminal
