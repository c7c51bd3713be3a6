#include <fmt/format.h>

#include "base/quantity.hpp"
#include "base/text.hpp"
#include "model/lower_bounds.hpp"
#include "model/wording.hpp"
#include "report/histogram_text.hpp"
#include "report/load/figures.hpp"
#include "report/load/lines.hpp"
#include "report/load/report.hpp"
#include "report/table.hpp"

namespace joust::report {
namespace {

std::string quantile_rows(const model::LoadRun& run) {
    const model::Samples& samples = run.samples;
    Table table{
        .columns = {{"", Align::left}, {"mean"}, {"p50"}, {"p75"}, {"p90"}, {"p99"}, {"p99.9"}, {"max"}},
        .rows = {}};
    const auto row = [&](const char* title, const stats::Histogram& histogram,
                         const model::LowerBounds& bounds) {
        if (histogram.empty()) return;
        std::vector<std::string> cells{title, time_text(histogram.mean(), bounds.mean_and_max())};
        for (const double quantile : {0.5, 0.75, 0.9, 0.99, 0.999})
            cells.push_back(time_text(static_cast<double>(histogram.value_at_quantile(quantile)),
                                      bounds.at_quantile(quantile)));
        cells.push_back(time_text(static_cast<double>(histogram.max()), bounds.mean_and_max()));
        table.rows.push_back(std::move(cells));
    };
    row("response time", samples.response_time,
        model::LowerBounds::of_response_time(samples, run.timeout, run.self_check.findings));
    row("service time", samples.service_time,
        model::LowerBounds::of_service_time(samples, run.timeout, run.self_check.findings));
    row("first byte", samples.time_to_first_byte,
        model::LowerBounds::of_first_byte(samples, run.timeout, run.self_check.findings));
    return table.plain();
}

std::string histogram(const model::Samples& samples) {
    std::string text = "   up to\n";  // the label of a row is its longest time
    for (const std::string& line : histogram_rows(samples.response_time, {.rows = 10}))
        text += line + '\n';
    return text;
}

// Which of the addresses of the target's name took connections.
std::string address_lines(const model::Samples& samples) {
    std::vector<std::string> parts;
    for (const model::ServedAddress& served : samples.addresses)
        if (served.connections > 0 || samples.addresses.size() > 1)
            parts.push_back(
                fmt::format("{} ({})", served.address,
                            model::counted(static_cast<std::int64_t>(served.connections), "connection")));
    return parts.empty() ? "" : labelled("served by", joined(parts, ", "));
}

std::string connection_lines(const model::Samples& samples) {
    std::string text = address_lines(samples);
    if (samples.retried > 0)
        text += fmt::format("retries        {}, counted apart from the requests\n", samples.retried);
    if (samples.connections.closed_idle > 0)
        text += fmt::format(
            "closed idle    {} by the server, {} sent again after that\n",
            model::counted(static_cast<std::int64_t>(samples.connections.closed_idle), "connection"),
            model::counted(static_cast<std::int64_t>(samples.connections.resent), "request"));
    return text;
}

std::string load_of(const model::LoadRun& run) {
    return run.offered_rps ? fmt::format("{} offered", model::rate_text(*run.offered_rps))
                           : model::counted(run.connections, "connection");
}

std::string generator_lines(const model::LoadRun& run) {
    const model::Samples& samples = run.samples;
    const auto cpu = cpu_us_per_request(samples);
    std::string text = fmt::format(
        "{}, {}, {}{}", samples.backend, model::counted(samples.threads, "thread"),
        cpu ? fmt::format("{} of CPU per request", model::duration_text(*cpu * 1000)) : "no request",
        samples.kernel_time_stamps ? ", arrival stamped by the kernel" : "");
    if (run.max_connections)
        text += fmt::format(", {} open at once of {} allowed",
                            model::counted(static_cast<std::int64_t>(samples.connections.peak), "connection"),
                            *run.max_connections);
    return labelled("generator", text) + self_check_lines("self-check", run.self_check);
}

}  // namespace

std::string load_text(const model::LoadRun& run) {
    const model::Samples& samples = run.samples;
    std::string text =
        fmt::format("{} · {} · {}{}\n\n", printable(run.url), load_of(run), model::span_text(samples.window),
                    run.tls_verified ? "" : " · certificate not verified (--insecure)");
    if (!run.stopped_early.empty()) text += labelled("stopped early", run.stopped_early);
    text += labelled("goodput",
                     fmt::format("{}   ({} of {} requests succeeded, {} received)",
                                 model::rate_text(samples.goodput_rps()), samples.requests.succeeded,
                                 samples.requests.started, model::bytes_text(Bytes{samples.bytes_received})));
    text += error_lines("errors", samples) + status_lines("statuses", samples.statuses) +
            warning_lines("warning", run.warnings) + connection_lines(samples) + '\n';
    if (!samples.response_time.empty()) text += quantile_rows(run) + '\n' + histogram(samples) + '\n';
    if (model::users_starve(run.self_check.findings))
        text +=
            "Requests that waited longer than any of these are in none of them: where ≥ stands, it took "
            "longer.\n\n";
    if (samples.censored > 0)
        text += fmt::format("{} never ended and count at their age: where ≥ stands, it took longer.\n\n",
                            model::counted(static_cast<std::int64_t>(samples.censored), "request"));
    return text + generator_lines(run);
}

}  // namespace joust::report
