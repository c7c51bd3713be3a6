#include <fmt/format.h>

#include "base/quantity.hpp"
#include "model/wording.hpp"
#include "report/load_report.hpp"
#include "report/table.hpp"

namespace joust::report {
namespace {

// A, B, … Z, then 27, 28 …: long URLs do not fit into a table.
std::string letter(std::size_t target) {
    return target < 26 ? std::string(1, static_cast<char>('A' + target)) : std::to_string(target + 1);
}

std::string time_or_dash(const stats::Histogram& times, double quantile) {
    return times.empty() ? "-" : model::duration_text(static_cast<double>(times.value_at_quantile(quantile)));
}

std::string targets_table(const model::LoadComparison& comparison) {
    Table table{
        .columns =
            {{"", Align::left}, {"goodput"}, {"p50"}, {"p90"}, {"p99"}, {"max"}, {"errors"}, {"requests"}},
        .rows = {}};
    for (std::size_t i = 0; i < comparison.runs.size(); ++i) {
        const model::Samples& samples = comparison.runs[i].samples;
        const stats::Histogram& times = samples.response_time;
        table.rows.push_back({letter(i), model::rate_text(samples.goodput_rps()), time_or_dash(times, 0.5),
                              time_or_dash(times, 0.9), time_or_dash(times, 0.99), time_or_dash(times, 1),
                              model::percent(samples.error_rate()),
                              std::to_string(samples.requests.started)});
    }
    return table.plain();
}

std::string quantity_text(const std::string& quantity) {
    if (quantity == "response_time_p50") return "p50";
    if (quantity == "response_time_p99") return "p99";
    return quantity;
}

std::string what_it_says(const model::LoadRatio& ratio) {
    if (!ratio.interval) return "too few rounds for an interval";
    if (!ratio.difference_shown()) return "no difference shown";
    if (ratio.quantity == "goodput") return ratio.ratio > 1 ? "more" : "less";
    return ratio.ratio > 1 ? "slower" : "faster";
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
        table.rows.push_back({fmt::format("{} ÷ A", letter(ratio.target)), quantity_text(ratio.quantity),
                              model::significant(ratio.ratio),
                              ratio.interval ? interval_text(*ratio.interval) : "-", what_it_says(ratio)});
    return table.plain();
}

std::string self_checks(const model::LoadComparison& comparison) {
    std::string text;
    for (std::size_t i = 0; i < comparison.runs.size(); ++i) {
        const model::Judgement& check = comparison.runs[i].self_check;
        text += fmt::format("self-check {}   {}\n", letter(i), name(check.validity));
        for (const model::Reason& reason : check.reasons)
            text += fmt::format("               {}\n", reason.text);
    }
    return text;
}

}  // namespace

std::string load_text(const model::LoadComparison& comparison) {
    const model::LoadRun& first = comparison.runs.front();
    std::string text;
    for (std::size_t i = 0; i < comparison.runs.size(); ++i)
        text += fmt::format("{}  {}{}\n", letter(i), comparison.runs[i].url,
                            comparison.runs[i].tls_verified ? "" : "   (certificate not verified)");
    const std::string each = first.offered_rps
                                 ? fmt::format("{} offered", model::rate_text(*first.offered_rps))
                                 : model::counted(first.connections, "connection");
    text += fmt::format("{} each · {} of {} in turns, order at random · {} of warm-up before each\n\n", each,
                        model::counted(comparison.rounds, "round"),
                        model::limit_text(std::chrono::round<std::chrono::milliseconds>(comparison.slice)),
                        model::limit_text(std::chrono::round<std::chrono::milliseconds>(comparison.warm_up)));
    if (!first.stopped_early.empty()) text += fmt::format("stopped early: {}\n\n", first.stopped_early);
    text += targets_table(comparison) + '\n';
    text += comparison.ratios.empty() ? "no round in which two targets served anything: nothing to compare\n"
                                      : ratios_table(comparison);
    return text + '\n' + self_checks(comparison);
}

}  // namespace joust::report
