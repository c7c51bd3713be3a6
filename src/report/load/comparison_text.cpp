#include <fmt/format.h>

#include "base/text.hpp"
#include "model/lower_bounds.hpp"
#include "model/wording.hpp"
#include "report/load/lines.hpp"
#include "report/load/report.hpp"
#include "report/table.hpp"
#include "report/words/quantities.hpp"

namespace joust::report {
namespace {

// A, B, … Z, then 27, 28 …: long URLs do not fit into a table.
std::string letter(std::size_t target) {
    return target < 26 ? std::string(1, static_cast<char>('A' + target)) : std::to_string(target + 1);
}

std::string time_or_dash(const model::LoadRun& run, double quantile) {
    const stats::Histogram& times = run.samples.response_time;
    if (times.empty()) return "-";
    return time_text(static_cast<double>(times.value_at_quantile(quantile)),
                     model::LowerBounds::of_response_time(run.samples, run.timeout, run.self_check.findings)
                         .at_quantile(quantile));
}

// Its median: whoever holds back the rest of an answer is told by it from who answers late.
std::string first_byte(const model::LoadRun& run) {
    const stats::Histogram& times = run.samples.time_to_first_byte;
    if (times.empty()) return "-";
    return time_text(static_cast<double>(times.value_at_quantile(0.5)),
                     model::LowerBounds::of_first_byte(run.samples, run.timeout, run.self_check.findings)
                         .at_quantile(0.5));
}

std::string targets_table(const model::LoadComparison& comparison) {
    Table table{.columns = {{"", Align::left},
                            {"goodput"},
                            {"p50"},
                            {"p90"},
                            {"p99"},
                            {"max"},
                            {"first byte"},
                            {"errors"},
                            {"requests"}},
                .rows = {}};
    for (std::size_t i = 0; i < comparison.runs.size(); ++i) {
        const model::LoadRun& run = comparison.runs[i];
        const model::Samples& samples = run.samples;
        table.rows.push_back({letter(i), model::rate_text(samples.goodput_rps()), time_or_dash(run, 0.5),
                              time_or_dash(run, 0.9), time_or_dash(run, 0.99), time_or_dash(run, 1),
                              first_byte(run), model::percent(samples.error_rate()),
                              std::to_string(samples.requests.started)});
    }
    return table.plain();
}

// Why there is no ratio.
std::string what_lacks(const model::LoadComparison& comparison, const model::LoadRatio& ratio) {
    const std::string rounds = model::counted(comparison.rounds, "round");
    std::string text;
    for (const std::size_t target : {ratio.target, std::size_t{0}})
        if (const std::size_t unserved = comparison.rounds_unserved(target); unserved > 0)
            text += fmt::format("{}{} served nothing in {} of {}", text.empty() ? "" : ", ", letter(target),
                                unserved, rounds);
    return text.empty() ? fmt::format("known in {} of {} only", ratio.pairs, rounds) : text;
}

std::string what_it_says(const model::LoadComparison& comparison, const model::LoadRatio& ratio) {
    if (!ratio.ratio) return what_lacks(comparison, ratio);
    if (!ratio.interval) return "too few rounds for an interval";
    if (!ratio.difference_shown()) return "no difference shown";
    if (row(ratio.quantity).better == model::Better::more) return *ratio.ratio > 1 ? "more" : "less";
    return *ratio.ratio > 1 ? "slower" : "faster";
}

// Enough digits to see on which side of 1 an end lies.
std::string interval_text(const stats::Interval& interval) {
    return fmt::format("{:.3f} to {:.3f}", interval.low, interval.high);
}

std::string ratios_table(const model::LoadComparison& comparison) {
    Table table{.columns = {{"", Align::left},
                            {"", Align::left},
                            {"ratio"},
                            {"95 % interval", Align::left},
                            {"", Align::left}},
                .rows = {}};
    for (const model::LoadRatio& ratio : comparison.ratios)
        table.rows.push_back({fmt::format("{} ÷ A", letter(ratio.target)),
                              std::string(words::compared_words(ratio.quantity).label),
                              ratio.ratio ? model::significant(*ratio.ratio) : "-",
                              ratio.interval ? interval_text(*ratio.interval) : "-",
                              what_it_says(comparison, ratio)});
    return table.plain();
}

// Before any number: what makes figures say something else than they seem to.
std::string warnings(const model::LoadComparison& comparison) {
    std::string text;
    for (std::size_t i = 0; i < comparison.runs.size(); ++i)
        text += warning_lines("warning " + letter(i), comparison.runs[i].warnings);
    return text.empty() ? text : text + '\n';
}

std::string errors_and_self_checks(const model::LoadComparison& comparison) {
    std::string text;
    for (std::size_t i = 0; i < comparison.runs.size(); ++i)
        text += error_lines("errors " + letter(i), comparison.runs[i].samples);
    for (std::size_t i = 0; i < comparison.runs.size(); ++i)
        text += status_lines("statuses " + letter(i), comparison.runs[i].samples.statuses);
    text += '\n';
    for (std::size_t i = 0; i < comparison.runs.size(); ++i)
        text += self_check_lines("self-check " + letter(i), comparison.runs[i].self_check);
    return text;
}

}  // namespace

std::string load_text(const model::LoadComparison& comparison) {
    const model::LoadRun& first = comparison.runs.front();
    std::string text;
    for (std::size_t i = 0; i < comparison.runs.size(); ++i)
        text += fmt::format("{}  {}{}\n", letter(i), printable(comparison.runs[i].url),
                            comparison.runs[i].tls_verified ? "" : "   (certificate not verified)");
    const std::string each = first.offered_rps
                                 ? fmt::format("{} offered", model::rate_text(*first.offered_rps))
                                 : model::counted(first.connections, "connection");
    text += fmt::format("{} each · {} of {} in turns, order at random\n{} of warm-up before each\n\n", each,
                        model::counted(comparison.rounds, "round"), model::span_text(comparison.slice),
                        model::span_text(comparison.warm_up));
    if (!first.stopped_early.empty()) text += fmt::format("stopped early: {}\n\n", first.stopped_early);
    return text + warnings(comparison) + targets_table(comparison) + '\n' + ratios_table(comparison) + '\n' +
           errors_and_self_checks(comparison);
}

}  // namespace joust::report
