#include <fmt/format.h>

#include "base/quantity.hpp"
#include "model/wording.hpp"
#include "report/histogram_text.hpp"
#include "report/load_figures.hpp"
#include "report/load_report.hpp"
#include "report/table.hpp"

namespace joust::report {
namespace {

std::string quantile_rows(const model::Samples& samples) {
    Table table{
        .columns = {{"", Align::left}, {"mean"}, {"p50"}, {"p75"}, {"p90"}, {"p99"}, {"p99.9"}, {"max"}},
        .rows = {}};
    const auto row = [&](const char* title, const stats::Histogram& histogram) {
        if (histogram.empty()) return;
        std::vector<std::string> cells{title, model::duration_text(histogram.mean())};
        for (const double quantile : {0.5, 0.75, 0.9, 0.99, 0.999})
            cells.push_back(model::duration_text(static_cast<double>(histogram.value_at_quantile(quantile))));
        cells.push_back(model::duration_text(static_cast<double>(histogram.max())));
        table.rows.push_back(std::move(cells));
    };
    row("response time", samples.response_time);
    row("service time", samples.service_time);
    return table.plain();
}

std::string histogram(const model::Samples& samples) {
    std::string text;
    for (const std::string& line : histogram_rows(samples.response_time, {.rows = 10}))
        text += line + '\n';
    return text;
}

std::string error_line(const model::Samples& samples) {
    std::string text;
    const auto add = [&](std::uint64_t count, std::string_view what) {
        if (count > 0) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, what);
    };
    for (std::size_t kind = 0; kind < model::k_request_error_kinds; ++kind)
        add(samples.errors.count[kind], name(static_cast<model::RequestErrorKind>(kind)));
    add(samples.requests.unfinished, "unfinished");
    if (text.empty()) return "none";
    return fmt::format("{} of the requests: {}", model::percent(samples.error_rate()), text);
}

// What errors looked like: the first example of each kind.
std::string examples(const model::Samples& samples) {
    std::string text;
    std::array<bool, model::k_request_error_kinds> shown{};
    for (const model::RequestErrorExample& example : samples.examples) {
        bool& seen = shown[static_cast<std::size_t>(example.kind)];
        if (seen || samples.errors[example.kind] == 0) continue;
        seen = true;
        constexpr std::size_t k_most = 70;
        std::string detail = example.detail.substr(0, example.detail.find_first_of("\r\n"));
        if (detail.size() > k_most) detail = detail.substr(0, k_most) + "…";
        text += fmt::format("               {}: {}{}\n", name(example.kind),
                            example.status > 0 ? fmt::format("status {}, ", example.status) : "",
                            detail.empty() ? "no body" : detail);
    }
    return text;
}

std::string connection_lines(const model::Samples& samples) {
    std::string text;
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
        "generator      {}, {}, {}{}\n", samples.backend, model::counted(samples.threads, "thread"),
        cpu ? fmt::format("{} of CPU per request", model::duration_text(*cpu * 1000)) : "no request",
        samples.kernel_time_stamps ? ", arrival stamped by the kernel" : "");
    text += fmt::format("self-check     {}\n", name(run.self_check.validity));
    for (const model::Reason& reason : run.self_check.reasons)
        text += fmt::format("               {}\n", reason.text);
    return text;
}

}  // namespace

std::string load_text(const model::LoadRun& run) {
    const model::Samples& samples = run.samples;
    std::string text =
        fmt::format("{} · {} · {}{}\n\n", run.url, load_of(run),
                    model::limit_text(std::chrono::round<std::chrono::milliseconds>(samples.window)),
                    run.tls_verified ? "" : " · certificate not verified (--insecure)");
    if (!run.stopped_early.empty()) text += fmt::format("stopped early  {}\n", run.stopped_early);
    text += fmt::format("goodput        {}   ({} of {} requests succeeded, {} received)\n",
                        model::rate_text(samples.goodput_rps()), samples.requests.succeeded,
                        samples.requests.started,
                        model::mebibytes_text(Bytes{samples.bytes_received}.mebibytes()));
    text += fmt::format("errors         {}\n", error_line(samples));
    text += examples(samples) + connection_lines(samples) + '\n';
    if (!samples.response_time.empty()) text += quantile_rows(samples) + '\n' + histogram(samples) + '\n';
    if (samples.censored > 0)
        text += fmt::format("{} never ended and count at their age: the true times are longer.\n\n",
                            model::counted(static_cast<std::int64_t>(samples.censored), "request"));
    return text + generator_lines(run);
}

}  // namespace joust::report
