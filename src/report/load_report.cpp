#include "report/load_report.hpp"

#include <nlohmann/json.hpp>
#include <utility>

#include "base/quantity.hpp"
#include "model/wording.hpp"
#include "report/table.hpp"

namespace joust::report {
namespace {

using Json = nlohmann::ordered_json;
using Quantile = std::pair<const char*, double>;

constexpr std::array<Quantile, 7> k_quantiles{{{"p50", 0.5},
                                               {"p75", 0.75},
                                               {"p90", 0.9},
                                               {"p95", 0.95},
                                               {"p99", 0.99},
                                               {"p999", 0.999},
                                               {"p9999", 0.9999}}};

Json times(const stats::Histogram& histogram) {
    if (histogram.empty()) return nullptr;
    Json json{{"min", histogram.min()}, {"mean", histogram.mean()}};
    for (const auto& [name, quantile] : k_quantiles)
        json[name] = histogram.value_at_quantile(quantile);
    json["max"] = histogram.max();
    return json;
}

Json errors(const model::RequestErrors& errors) {
    Json json = Json::object();
    for (std::size_t kind = 0; kind < model::k_request_error_kinds; ++kind)
        json[std::string(name(static_cast<model::RequestErrorKind>(kind)))] = errors.count[kind];
    return json;
}

Json optional_rate(const std::optional<double>& rate) {
    return rate ? Json(*rate) : Json(nullptr);
}

double throughput_rps(const model::Samples& samples) {
    const auto ended = static_cast<double>(samples.completed_in_window + samples.errors_in_window);
    return samples.window > Nanoseconds{0} ? ended / seconds(samples.window) : 0.0;
}

// Per request that ended in the window; empty when none did.
std::optional<double> cpu_us_per_request(const model::Samples& samples) {
    const std::uint64_t ended = samples.completed_in_window + samples.errors_in_window;
    if (ended == 0) return std::nullopt;
    return seconds(samples.generator.cpu.total()) * 1e6 / static_cast<double>(ended);
}

Json generator(const model::Samples& samples) {
    return {{"cpu_user_s", seconds(samples.generator.cpu.user)},
            {"cpu_system_s", seconds(samples.generator.cpu.system)},
            {"cpu_us_per_request", optional_rate(cpu_us_per_request(samples))},
            {"backend", samples.backend},
            {"threads", samples.threads},
            {"kernel_time_stamps", samples.kernel_time_stamps}};
}

Json validity(const model::Judgement& judgement) {
    Json reasons = Json::array();
    for (const model::Reason& reason : judgement.reasons)
        reasons.push_back({{"code", reason.code}, {"text", reason.text}});
    return {{"verdict", name(judgement.validity)}, {"reasons", std::move(reasons)}};
}

std::string quantile_rows(const model::Samples& samples) {
    Table table{
        .columns = {{"", Align::left}, {"mean"}, {"p50"}, {"p90"}, {"p95"}, {"p99"}, {"p99.9"}, {"max"}},
        .rows = {}};
    const auto row = [&](const char* title, const stats::Histogram& histogram) {
        std::vector<std::string> cells{title, model::duration_text(histogram.mean())};
        for (const double quantile : {0.5, 0.9, 0.95, 0.99, 0.999})
            cells.push_back(model::duration_text(static_cast<double>(histogram.value_at_quantile(quantile))));
        cells.push_back(model::duration_text(static_cast<double>(histogram.max())));
        table.rows.push_back(std::move(cells));
    };
    row("response time", samples.response_time);
    row("service time", samples.service_time);
    return table.plain();
}

std::string error_line(const model::Samples& samples) {
    std::string text;
    for (std::size_t kind = 0; kind < model::k_request_error_kinds; ++kind)
        if (samples.errors.count[kind] > 0)
            text += fmt::format("{}{} {}", text.empty() ? "" : ", ", samples.errors.count[kind],
                                name(static_cast<model::RequestErrorKind>(kind)));
    if (samples.requests.unfinished > 0)
        text += fmt::format("{}{} unfinished", text.empty() ? "" : ", ", samples.requests.unfinished);
    return text.empty() ? "none" : text;
}

}  // namespace

std::string load_json(const model::LoadRun& run) {
    const model::Samples& samples = run.samples;
    const model::RequestCounts& requests = samples.requests;
    const Json json{
        {"schema_version", k_load_schema_version},
        {"url", run.url},
        {"started", iso_time(run.started)},
        {"model", name(run.load_model)},
        {"connections", run.connections},
        {"duration_s", seconds(samples.window)},
        {"timeout_s", seconds(run.timeout)},
        {"requests",
         {{"started", requests.started},
          {"succeeded", requests.succeeded},
          {"failed", requests.failed},
          {"timed_out", requests.timed_out},
          {"unfinished", requests.unfinished}}},
        {"goodput_rps", samples.goodput_rps()},
        {"throughput_rps", throughput_rps(samples)},
        {"offered_rps", optional_rate(run.offered_rps)},
        {"bytes_received", samples.bytes_received},
        {"censored", samples.censored},
        {"response_time_ns", times(samples.response_time)},
        {"service_time_ns", times(samples.service_time)},
        {"schedule_lag_ns", times(samples.schedule_lag)},
        {"reap_delay_ns", times(samples.reap_delay)},
        {"errors", errors(samples.errors)},
        {"generator", generator(samples)},
        {"validity", validity(run.self_check)},
    };
    return json.dump(2) + "\n";
}

std::string load_text(const model::LoadRun& run) {
    const model::Samples& samples = run.samples;
    std::string text =
        fmt::format("{} · {} · {}\n\n", run.url,
                    run.offered_rps ? fmt::format("{} offered", model::rate_text(*run.offered_rps))
                                    : model::counted(run.connections, "connection"),
                    model::limit_text(std::chrono::round<std::chrono::milliseconds>(samples.window)));
    text += fmt::format("goodput        {}   ({} of {} requests succeeded)\n",
                        model::rate_text(samples.goodput_rps()), samples.requests.succeeded,
                        samples.requests.started);
    text += fmt::format("errors         {}\n\n", error_line(samples));
    if (!samples.response_time.empty()) text += quantile_rows(samples);
    const auto cpu = cpu_us_per_request(samples);
    text += fmt::format(
        "\ngenerator      {}, {}, {}{}\n", samples.backend, model::counted(samples.threads, "thread"),
        cpu ? fmt::format("{} of CPU per request", model::duration_text(*cpu * 1000)) : "no request",
        samples.kernel_time_stamps ? ", arrival stamped by the kernel" : "");
    text += fmt::format("self-check     {}\n", name(run.self_check.validity));
    for (const model::Reason& reason : run.self_check.reasons)
        text += fmt::format("               {}\n", reason.text);
    return text;
}

std::string load_csv(const model::LoadRun& run) {
    std::string text =
        "second,succeeded,failed,response_time_p50_ns,response_time_p99_ns,response_time_max_ns\n";
    for (const model::SecondOfLoad& second : run.samples.seconds)
        text += fmt::format("{},{},{},{},{},{}\n", second.second, second.succeeded, second.failed,
                            second.response_time_p50_ns, second.response_time_p99_ns,
                            second.response_time_max_ns);
    return text;
}

}  // namespace joust::report
