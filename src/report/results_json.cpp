#include "report/results_json.hpp"

#include <array>
#include <cmath>

#include "model/json_fields.hpp"
#include "report/environment_facts.hpp"

namespace joust::report {
namespace {

using model::Cell;
using model::Estimate;
using model::Json;
using model::PairedRatio;

// Nine significant digits: more than any measurement has, and the same on every processor.
double rounded(double value) {
    return value == 0 || !std::isfinite(value) ? 0.0 : std::stod(fmt::format("{:.8e}", value));
}

Json optional(const std::optional<double>& value) {
    return value ? Json(rounded(*value)) : Json(nullptr);
}

template <typename T>
Json optional(const std::optional<T>& value) {
    return value ? Json(*value) : Json(nullptr);
}

// KEY, KEY_low and KEY_high; all null where the figure does not exist.
void add_estimate(Json& object, const std::string& key, const std::optional<Estimate>& estimate) {
    object[key] = estimate ? Json(rounded(estimate->value)) : Json(nullptr);
    object[key + "_low"] = estimate ? optional(estimate->low) : Json(nullptr);
    object[key + "_high"] = estimate ? optional(estimate->high) : Json(nullptr);
}

Json reasons_json(const std::vector<model::Reason>& reasons) {
    Json list = Json::array();
    for (const model::Reason& reason : reasons)
        list.push_back({{"code", reason.code}, {"text", reason.text}});
    return list;
}

void add_judgement(Json& object, const model::Judgement& judgement) {
    object["validity"] = name(judgement.validity);
    object["reasons"] = reasons_json(judgement.reasons);
    object["not_evaluated"] = reasons_json(judgement.not_evaluated);
}

void add_latency(Json& object, const Cell& cell) {
    for (const char* label : {"mean", "p50", "p95", "p99", "p999", "max"}) {
        const auto found = cell.response_time.find(label);
        const bool known = found != cell.response_time.end();
        const std::string key = fmt::format("response_time_{}_ns", label);
        add_estimate(object, key, known ? std::optional(found->second.value_ns) : std::nullopt);
        object[key + "_at_least"] = known && found->second.at_least;
    }
}

void add_errors(Json& object, const Cell& cell) {
    object["error_rate"] = rounded(cell.error_rate);
    add_estimate(object, "error_rate_of_trials", cell.error_rate_of_trials);
    object["requests_started"] = cell.requests.started;
    object["requests_succeeded"] = cell.requests.succeeded;
    object["requests_failed"] = cell.requests.failed;
    object["requests_timed_out"] = cell.requests.timed_out;
    object["requests_unfinished"] = cell.requests.unfinished;
    for (std::size_t i = 0; i < model::k_request_error_kinds; ++i)
        object[fmt::format("errors_{}", name(static_cast<model::RequestErrorKind>(i)))] =
            cell.errors.count[i];
    object["statuses"] = Json::object();
    for (const auto& [status, count] : cell.statuses)
        object["statuses"][std::to_string(status)] = count;
}

void add_usage(Json& object, const Cell& cell) {
    add_estimate(object, "contender_cpu_cores", cell.contender_cpu_cores);
    add_estimate(object, "database_cpu_cores", cell.database_cpu_cores);
    add_estimate(object, "generator_cpu_cores", cell.generator_cpu_cores);
    add_estimate(object, "contender_cpu_us_per_operation", cell.contender_cpu_us_per_operation);
    add_estimate(object, "contender_cpu_user_us_per_operation", cell.contender_cpu_user_us_per_operation);
    add_estimate(object, "contender_cpu_system_us_per_operation", cell.contender_cpu_system_us_per_operation);
    add_estimate(object, "database_cpu_us_per_operation", cell.database_cpu_us_per_operation);
    add_estimate(object, "contender_memory_mean_mib", cell.contender_memory_mean_mib);
    object["contender_memory_peak_mib"] = rounded(cell.contender_memory_peak_mib);
    object["contender_page_cache_peak_mib"] = rounded(cell.contender_page_cache_peak_mib);
    add_estimate(object, "database_memory_mean_mib", cell.database_memory_mean_mib);
    object["database_memory_peak_mib"] = rounded(cell.database_memory_peak_mib);
    add_estimate(object, "throttled_share", cell.throttled_share);
    add_estimate(object, "context_switches_per_operation", cell.context_switches_per_operation);
    object["connections_peak"] = cell.connections_peak;
}

Json cell_json(const Cell& cell) {
    Json object = Json::object();
    object["contender"] = cell.contender;
    object["level"] = cell.level;
    object["trials"] = cell.trials;
    object["valid_trials"] = cell.valid_trials;
    add_judgement(object, cell.judgement);
    add_estimate(object, "goodput_rps", cell.goodput_rps);
    add_estimate(object, "throughput_rps", cell.throughput_rps);
    add_latency(object, cell);
    add_errors(object, cell);
    add_usage(object, cell);
    return object;
}

Json ratio_json(std::string_view quantity, const PairedRatio& ratio) {
    return {{"quantity", quantity},
            {"contender", ratio.contender},
            {"baseline", ratio.baseline},
            {"level", optional(ratio.level)},
            {"pairs", ratio.pairs},
            {"pairs_left_out", ratio.left_out},
            {"ratio", optional(ratio.ratio)},
            {"ratio_low", optional(ratio.low)},
            {"ratio_high", optional(ratio.high)},
            {"valid_pairs", ratio.of_valid.pairs},
            {"valid_ratio", optional(ratio.of_valid.ratio)},
            {"valid_ratio_low", optional(ratio.of_valid.low)},
            {"valid_ratio_high", optional(ratio.of_valid.high)},
            {"mostly_suspect", ratio.mostly_suspect()},
            {"verdict", name(ratio.verdict)},
            {"why", ratio.why}};
}

Json ratios_json(const model::Comparison& comparison) {
    Json list = Json::array();
    const std::array<std::pair<std::string_view, const std::vector<PairedRatio>*>, 3> quantities{
        {{"goodput", &comparison.goodput},
         {"cpu_per_operation", &comparison.cpu_per_operation},
         {"response_time_p99", &comparison.response_time_p99}}};
    for (const auto& [quantity, ratios] : quantities)
        for (const PairedRatio& ratio : *ratios)
            list.push_back(ratio_json(quantity, ratio));
    return list;
}

Json trials_json(const RunReport& run) {
    Json list = Json::array();
    for (std::size_t i = 0; i < run.trials.size(); ++i) {
        const model::PlannedTrial& plan = run.trials[i].plan;
        Json object = {{"index", plan.index},
                       {"contender", plan.contender},
                       {"level", plan.level},
                       {"block", plan.block}};
        add_judgement(object, run.comparison.trial_judgements[i]);
        list.push_back(std::move(object));
    }
    return list;
}

Json benchmark_json(const RunReport& run) {
    const model::Benchmark& benchmark = run.benchmark;
    Json contenders = Json::array();
    for (const std::string& contender : benchmark.contenders)
        contenders.push_back({{"name", contender}, {"title", title_of(run.environment, contender)}});
    return {{"name", benchmark.name},
            {"title", benchmark.title},
            {"workload", benchmark.workload},
            {"profile", benchmark.profile},
            {"contenders", std::move(contenders)},
            {"baseline", benchmark.baseline},
            {"load_model", name(benchmark.load.model)},
            {"duration_s", seconds(benchmark.load.duration)},
            {"timeout_s", seconds(benchmark.load.timeout)},
            {"limit_cpus", benchmark.contender_limits.cpus},
            {"limit_memory_bytes", benchmark.contender_limits.memory.count},
            {"limits", run.environment.limits},
            {"database", run.environment.database.engine},
            {"database_version", run.environment.database.version},
            {"margin", benchmark.experiment.margin},
            {"error_rate_max", benchmark.experiment.error_rate_max},
            {"seed", benchmark.experiment.seed}};
}

}  // namespace

std::string results_json(const RunReport& run) {
    const model::Comparison& comparison = run.comparison;
    Json json = Json::object();
    json["schema_version"] = k_results_schema_version;
    json["joust_version"] = run.environment.joust_version;
    json["started"] = iso_time(run.environment.started);
    json["headline"] = comparison.headline;
    json["winner"] = optional(comparison.winner);
    json["warnings"] = comparison.warnings;
    json["benchmark"] = benchmark_json(run);
    json["blocks"] = comparison.blocks;
    json["levels"] = comparison.levels;
    json["results"] = Json::array();
    for (const Cell& cell : comparison.cells)
        json["results"].push_back(cell_json(cell));
    json["comparisons"] = ratios_json(comparison);
    json["breaking_points"] = Json::array();
    for (const model::BreakingPoint& point : comparison.breaking_points)
        json["breaking_points"].push_back({{"contender", point.contender},
                                           {"level", point.level},
                                           {"error_rate", rounded(point.error_rate)}});
    json["plateaus"] = Json::array();
    for (const model::Plateau& plateau : comparison.plateaus)
        json["plateaus"].push_back({{"contender", plateau.contender},
                                    {"first_level", plateau.first_level},
                                    {"last_level", plateau.last_level},
                                    {"levels", plateau.levels},
                                    {"lowest_rps", rounded(plateau.lowest_rps)},
                                    {"highest_rps", rounded(plateau.highest_rps)}});
    json["scatters"] = Json::array();
    for (const model::Scatter& scatter : comparison.scatters)
        json["scatters"].push_back({{"contender", scatter.contender},
                                    {"share", rounded(scatter.share)},
                                    {"between_levels", scatter.between_levels},
                                    {"lowest_rps", rounded(scatter.lowest_rps)},
                                    {"lowest_level", scatter.lowest_level},
                                    {"highest_rps", rounded(scatter.highest_rps)},
                                    {"highest_level", scatter.highest_level}});
    json["incidents"] = Json::array();
    for (const model::PlacedIncident& placed : comparison.incidents)
        json["incidents"].push_back({{"contender", placed.contender},
                                     {"level", placed.level},
                                     {"block", placed.block},
                                     {"kind", name(placed.incident.kind)},
                                     {"text", placed.incident.text}});
    json["trials"] = trials_json(run);
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace joust::report
