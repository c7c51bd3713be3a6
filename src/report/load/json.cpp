#include <nlohmann/json.hpp>
#include <numeric>
#include <utility>

#include "model/lower_bounds.hpp"
#include "model/wording.hpp"
#include "report/judgement_json.hpp"
#include "report/load/figures.hpp"
#include "report/load/report.hpp"

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

// Of a histogram with requests that never ended: which figures are only lower bounds.
Json times(const stats::Histogram& histogram, const model::LowerBounds& bounds) {
    Json json = times(histogram);
    if (json.is_null()) return json;
    Json at_least = Json::array();
    if (bounds.at_quantile(0)) at_least.push_back("min");
    if (bounds.mean_and_max()) at_least.push_back("mean");
    for (const auto& [name, quantile] : k_quantiles)
        if (bounds.at_quantile(quantile)) at_least.push_back(name);
    if (bounds.mean_and_max()) at_least.push_back("max");
    json["at_least"] = std::move(at_least);
    return json;
}

Json errors(const model::RequestErrors& errors) {
    Json json = Json::object();
    for (std::size_t kind = 0; kind < model::k_request_error_kinds; ++kind)
        json[std::string(name(static_cast<model::RequestErrorKind>(kind)))] = errors.count[kind];
    return json;
}

Json statuses(const model::StatusCounts& statuses) {
    Json json = Json::object();
    for (const auto& [status, count] : statuses)
        json[std::to_string(status)] = count;
    return json;
}

Json optional_number(const std::optional<double>& number) {
    return number ? Json(*number) : Json(nullptr);
}

// Of all threads together; null when it was not read.
Json seconds_or_null(const std::vector<Nanoseconds>& of_threads) {
    if (of_threads.empty()) return nullptr;
    return seconds(std::accumulate(of_threads.begin(), of_threads.end(), Nanoseconds{0}));
}

Json lacked(const model::GeneratorConduct& conduct) {
    Json json = Json::object();
    for (std::size_t i = 0; i < model::k_shortages; ++i)
        json[std::string(name(static_cast<model::Shortage>(i)))] = conduct.shortages.count[i];
    return json;
}

Json addresses(const model::Samples& samples) {
    Json json = Json::array();
    for (const model::ServedAddress& served : samples.addresses)
        json.push_back({{"address", served.address}, {"connections", served.connections}});
    return json;
}

Json generator(const model::LoadRun& run) {
    const model::Samples& samples = run.samples;
    return {{"cpu_user_s", seconds(samples.generator.cpu.user)},
            {"cpu_system_s", seconds(samples.generator.cpu.system)},
            {"cpu_us_per_request", optional_number(cpu_us_per_request(samples))},
            {"run_delay_s", seconds_or_null(samples.run_delays)},
            {"stopped_s", seconds_or_null(samples.conduct.thread_stopped)},
            {"max_rss_bytes", run.max_rss ? Json(run.max_rss->count) : Json(nullptr)},
            {"lacked", lacked(samples.conduct)},
            {"backend", samples.backend},
            {"threads", samples.threads},
            {"kernel_time_stamps", samples.kernel_time_stamps}};
}

Json validity(const model::Judgement& judgement) {
    return {{"verdict", name(judgement.validity)},
            {"reasons", findings_json(judgement.findings)},
            {"not_evaluated", not_evaluated_json(judgement.not_evaluated)}};
}

Json requests(const model::Samples& samples) {
    const model::RequestCounts& counts = samples.requests;
    return {{"started", counts.started},
            {"succeeded", counts.succeeded},
            {"failed", counts.failed},
            {"timed_out", counts.timed_out},
            {"unfinished", counts.unfinished}};
}

Json connection_counts(const model::ConnectionCounts& counts) {
    return {{"asked", counts.asked},
            {"established", counts.established},
            {"peak", counts.peak},
            {"closed_idle", counts.closed_idle},
            {"resent", counts.resent}};
}

Json schedule(const model::LoadRun& run) {
    if (run.load_model != model::LoadModel::open) return nullptr;
    Json stretches = Json::array();
    for (const model::RateStretch& stretch : run.schedule)
        stretches.push_back({{"length_s", stretch.length ? Json(seconds(*stretch.length)) : Json(nullptr)},
                             {"from_rps", stretch.from_rps},
                             {"to_rps", stretch.to_rps}});
    return stretches;
}

Json error_examples(const model::Samples& samples) {
    Json examples = Json::array();
    for (const model::RequestErrorExample& example : samples.examples)
        examples.push_back({{"kind", name(example.kind)},
                            {"status", example.status > 0 ? Json(example.status) : Json(nullptr)},
                            {"detail", example.detail},
                            {"since_window_s", seconds(example.since_window)}});
    return examples;
}

Json fail_if(const model::LoadRun& run) {
    Json results = Json::array();
    for (const model::CriterionResult& result : run.fail_if)
        results.push_back(
            {{"criterion", result.criterion}, {"found", result.found}, {"failed", result.failed}});
    return results;
}

// Bytes that are no UTF-8, as servers may send them, are replaced by U+FFFD.
std::string dumped(const Json& json) {
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Json run_json(const model::LoadRun& run) {
    const model::Samples& samples = run.samples;
    const bool open = run.load_model == model::LoadModel::open;
    return {
        {"url", run.url},
        {"started", iso_time(run.started)},
        {"model", name(run.load_model)},
        {"connections", open ? Json(nullptr) : Json(run.connections)},
        {"max_connections", run.max_connections ? Json(*run.max_connections) : Json(nullptr)},
        {"schedule", schedule(run)},
        {"arrivals", open ? Json(run.arrivals) : Json(nullptr)},
        {"seed", run.seed},
        {"warm_up_s", seconds(run.warm_up)},
        {"duration_s", seconds(samples.window)},
        {"timeout_s", seconds(run.timeout)},
        {"think_time_s", seconds(run.think_time)},
        {"tls_verified", run.tls_verified},
        {"stopped_early", run.stopped_early.empty() ? Json(nullptr) : Json(run.stopped_early)},
        {"requests", requests(samples)},
        {"goodput_rps", samples.goodput_rps()},
        {"throughput_rps", throughput_rps(samples)},
        {"offered_rps", optional_number(run.offered_rps)},
        {"error_rate", samples.error_rate()},
        {"retried", samples.retried},
        {"connection_counts", connection_counts(samples.connections)},
        {"addresses", addresses(samples)},
        {"bytes_received", samples.bytes_received},
        {"censored", samples.censored},
        {"response_time_ns",
         times(samples.response_time,
               model::LowerBounds::of_response_time(samples, run.timeout, run.self_check.findings))},
        {"service_time_ns", times(samples.service_time, model::LowerBounds::of_service_time(
                                                            samples, run.timeout, run.self_check.findings))},
        {"time_to_first_byte_ns",
         times(samples.time_to_first_byte,
               model::LowerBounds::of_first_byte(samples, run.timeout, run.self_check.findings))},
        {"delayed_bodies", samples.delayed_bodies},
        {"schedule_lag_ns", times(samples.schedule_lag)},
        {"reap_delay_ns", times(samples.reap_delay)},
        {"errors", errors(samples.errors)},
        {"statuses", statuses(samples.statuses)},
        {"error_examples", error_examples(samples)},
        {"fail_if", fail_if(run)},
        {"warnings", findings_json(run.warnings)},
        {"generator", generator(run)},
        {"validity", validity(run.self_check)},
    };
}

Json quantile_or_null(const stats::Histogram& times, double quantile) {
    return times.empty() ? Json(nullptr) : Json(times.value_at_quantile(quantile));
}

Json slice_json(const model::LoadSlice& slice) {
    const model::Samples& samples = slice.samples;
    return {{"round", slice.round},
            {"target", slice.target},
            {"started", iso_time(slice.started)},
            {"duration_s", seconds(samples.window)},
            {"goodput_rps", samples.goodput_rps()},
            {"error_rate", samples.error_rate()},
            {"response_time_p50_ns", quantile_or_null(samples.response_time, 0.5)},
            {"response_time_p99_ns", quantile_or_null(samples.response_time, 0.99)}};
}

Json ratio_json(const model::LoadComparison& comparison, const model::LoadRatio& ratio) {
    const auto& interval = ratio.interval;
    return {{"quantity", row(ratio.quantity).name},
            {"url", comparison.runs[ratio.target].url},
            {"baseline", comparison.runs.front().url},
            {"rounds", ratio.rounds},
            {"pairs", ratio.pairs},
            {"ratio", optional_number(ratio.ratio)},
            {"ratio_low", interval ? Json(interval->low) : Json(nullptr)},
            {"ratio_high", interval ? Json(interval->high) : Json(nullptr)},
            {"difference_shown", ratio.ratio ? Json(ratio.difference_shown()) : Json(nullptr)}};
}

}  // namespace

std::string load_json(const model::LoadRun& run) {
    Json json{{"schema_version", k_load_schema_version}};
    json.update(run_json(run));
    return dumped(json);
}

std::string load_json(const model::LoadComparison& comparison) {
    Json json{{"schema_version", k_load_schema_version},
              {"rounds", comparison.rounds},
              {"slice_s", seconds(comparison.slice)},
              {"slice_warm_up_s", seconds(comparison.warm_up)},
              {"seed", comparison.seed},
              {"ratios", Json::array()},
              {"targets", Json::array()},
              {"slices", Json::array()}};
    for (const model::LoadRatio& ratio : comparison.ratios)
        json["ratios"].push_back(ratio_json(comparison, ratio));
    for (const model::LoadRun& run : comparison.runs)
        json["targets"].push_back(run_json(run));
    for (const model::LoadSlice& slice : comparison.slices)
        json["slices"].push_back(slice_json(slice));
    return dumped(json);
}

}  // namespace joust::report
