#include "report/results_json.hpp"

#include <cmath>

#include "files/effects_json.hpp"
#include "files/json_fields.hpp"
#include "files/observed_files_json.hpp"
#include "files/single_requests_json.hpp"
#include "model/measuring_time.hpp"
#include "report/environment_facts.hpp"
#include "report/judgement_json.hpp"
#include "report/words/capacity.hpp"
#include "report/words/host_floor.hpp"
#include "report/words/lint.hpp"
#include "report/words/time_parts.hpp"
#include "report/words/verdicts.hpp"

namespace joust::report {
namespace {

using files::Json;
using model::Cell;
using model::Estimate;
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

bool has_interval(const model::QuantityRow& row) {
    switch (row.aggregate) {
        case model::Aggregate::mean:
        case model::Aggregate::of_requests:
        case model::Aggregate::mean_of_all:
            return true;
        case model::Aggregate::largest:
        case model::Aggregate::share_of_requests:
        case model::Aggregate::largest_of_all:
            break;
    }
    return false;
}

Json number(model::Unit unit, double value) {
    if (unit == model::Unit::whole_number) return static_cast<std::uint64_t>(value);
    return rounded(value);
}

// KEY, with KEY_low and KEY_high where there may be an interval, and KEY_at_least where it may be a lower
// bound; null where the figure does not exist.
void add_figure(Json& object, const model::QuantityRow& row, const Estimate* estimate) {
    const std::string key(row.key);
    object[key] = estimate != nullptr ? number(row.unit, estimate->value) : Json(nullptr);
    if (has_interval(row)) {
        object[key + "_low"] = estimate != nullptr ? optional(estimate->low) : Json(nullptr);
        object[key + "_high"] = estimate != nullptr ? optional(estimate->high) : Json(nullptr);
    }
    if (row.aspect == model::Aspect::latency)
        object[key + "_at_least"] = estimate != nullptr && estimate->at_least;
}

void add_judgement(Json& object, const model::Judgement& judgement) {
    object["validity"] = name(judgement.validity);
    object["reasons"] = findings_json(judgement.findings);
    object["not_evaluated"] = not_evaluated_json(judgement.not_evaluated);
}

void add_requests(Json& object, const model::RequestCounts& requests) {
    object["requests_started"] = requests.started;
    object["requests_succeeded"] = requests.succeeded;
    object["requests_failed"] = requests.failed;
    object["requests_timed_out"] = requests.timed_out;
    object["requests_unfinished"] = requests.unfinished;
}

Json operation_json(const model::OperationFigures& operation) {
    Json object = {{"name", operation.name},
                   {"share", rounded(operation.share)},
                   {"error_rate", rounded(operation.error_rate)}};
    add_requests(object, operation.requests);
    for (const model::Quantity quantity : model::k_operation_quantities)
        add_figure(object, model::row(quantity), operation.find(quantity));
    return object;
}

void add_counts(Json& object, const Cell& cell) {
    add_requests(object, cell.requests);
    for (std::size_t i = 0; i < model::k_request_error_kinds; ++i)
        object[fmt::format("errors_{}", name(static_cast<model::RequestErrorKind>(i)))] =
            cell.errors.count[i];
    object["statuses"] = Json::object();
    for (const auto& [status, count] : cell.statuses)
        object["statuses"][std::to_string(status)] = count;
}

Json proof_trials_json(const model::ProofTrials& trials) {
    return {{"proven", trials.proven}, {"missed", trials.missed}, {"open", trials.open}};
}

Json cell_json(const Cell& cell) {
    Json object = Json::object();
    object["contender"] = cell.entrant;
    object["level"] = cell.level;
    object["trials"] = cell.trials;
    object["valid_trials"] = cell.trials_that_count;
    object["trials_at_fault"] = cell.trials_at_fault;
    object["barred"] = cell.barred;
    add_judgement(object, cell.judgement);
    for (const model::QuantityRow& row : model::quantities()) {
        add_figure(object, row, cell.find(row.quantity));
        if (row.quantity == model::Quantity::error_rate_of_trials) add_counts(object, cell);
    }
    for (const model::OperationFigures& operation : cell.operations)
        object["operations"].push_back(operation_json(operation));
    object["effects"] = files::JsonWriter::encoded(cell.effects);
    object["durability_trials"] = proof_trials_json(cell.durability);
    object["audit"] = files::JsonWriter::encoded(cell.audit);
    object["files"] = files::JsonWriter::encoded(cell.files);
    object["single_requests"] = files::JsonWriter::encoded(cell.single_requests);
    object["effects_trials"] = proof_trials_json(cell.proofs);
    return object;
}

// PREFIXratio, PREFIXratio_low, PREFIXratio_high.
void add_ratio(Json& object, const std::string& prefix, const std::optional<model::RatioEstimate>& estimate) {
    const model::RatioEstimate told = estimate.value_or(model::RatioEstimate{});
    object[prefix + "ratio"] = optional(told.ratio);
    object[prefix + "ratio_low"] = optional(told.low);
    object[prefix + "ratio_high"] = optional(told.high);
}

Json ratio_json(const PairedRatio& ratio, const std::string& why) {
    Json object = {{"quantity", row(ratio.quantity).name},
                   {"contender", ratio.entrant},
                   {"baseline", ratio.baseline},
                   {"level", optional(ratio.level)},
                   {"pairs", ratio.pairs},
                   {"pairs_left_out", ratio.left_out.total()},
                   {"pairs_with_lower_bounds", ratio.left_out.only_bounds()},
                   {"pairs_void", ratio.void_pairs.all},
                   {"pairs_void_by_contender", ratio.void_pairs.by_entrant},
                   {"pairs_void_by_baseline", ratio.void_pairs.by_baseline},
                   {"pairs_barred", ratio.void_pairs.barred},
                   {"levels", ratio.levels},
                   {"levels_invalid", ratio.invalid_levels},
                   {"levels_with_lower_bounds", ratio.bounded_levels},
                   {"confidence", rounded(ratio.confidence)},
                   {"look_blocks", optional(ratio.look)}};
    add_ratio(object, "", model::RatioEstimate{ratio.pairs, ratio.ratio, ratio.low, ratio.high});
    object["between_levels"] = ratio.between_levels;
    object["p_value"] = optional(ratio.p_value);
    object["decided_by"] = name(ratio.decided_by);
    add_ratio(object, "raw_", ratio.raw);
    add_ratio(object, "adjusted_", ratio.adjusted);
    const auto& among = ratio.among_levels;
    object["among_levels_p_value"] = among ? Json(rounded(among->p_value)) : Json(nullptr);
    object["among_levels_confidence"] = among ? Json(rounded(among->confidence)) : Json(nullptr);
    object["among_levels_ratio_low"] = among ? optional(among->low) : Json(nullptr);
    object["among_levels_ratio_high"] = among ? optional(among->high) : Json(nullptr);
    object["valid_pairs"] = ratio.without_doubt.pairs;
    add_ratio(object, "valid_", ratio.without_doubt);
    object["valid_between_levels"] = ratio.without_doubt.between_levels;
    object["doubt"] = name(ratio.doubt);
    object["margin"] = rounded(ratio.margin);
    object["floor"] = optional(ratio.floor);
    object["measured"] = name(ratio.measured);
    object["verdict"] = name(ratio.verdict);
    object["verdict_alone"] = ratio.level ? Json(name(ratio.alone)) : Json(nullptr);
    object["descriptive"] = ratio.descriptive;
    object["standing"] = name(ratio.standing);
    object["why"] = why;
    return object;
}

// KEY, KEY_low and KEY_high; null where there is none.
void add_estimate(Json& object, const std::string& key, const std::optional<Estimate>& estimate) {
    object[key] = estimate ? Json(rounded(estimate->value)) : Json(nullptr);
    object[key + "_low"] = estimate ? optional(estimate->low) : Json(nullptr);
    object[key + "_high"] = estimate ? optional(estimate->high) : Json(nullptr);
}

Json capacities_json(const model::Comparison& comparison) {
    Json list = Json::array();
    for (const model::Capacity& capacity : comparison.capacities) {
        const auto& law = capacity.law;
        Json object = {{"contender", capacity.entrant},
                       {"not_identified",
                        capacity.not_identified ? Json(name(*capacity.not_identified)) : Json(nullptr)}};
        add_estimate(object, "gamma_rps", law ? std::optional(law->gamma) : std::nullopt);
        add_estimate(object, "alpha", law ? std::optional(law->alpha) : std::nullopt);
        add_estimate(object, "beta", law ? std::optional(law->beta) : std::nullopt);
        add_estimate(object, "peak_users", law ? law->peak_users : std::nullopt);
        add_estimate(object, "peak_rps", law ? law->peak_rps : std::nullopt);
        object["text"] = words::capacity(capacity);
        list.push_back(std::move(object));
    }
    return list;
}

void add_time(Json& object, const std::string& prefix, const std::optional<model::TimeDifference>& time) {
    object[prefix + "_us"] = time ? Json(rounded(time->entrant_us)) : Json(nullptr);
    object[prefix + "_baseline_us"] = time ? Json(rounded(time->baseline_us)) : Json(nullptr);
    add_estimate(object, prefix + "_difference_us", time ? std::optional(time->difference_us) : std::nullopt);
}

Json whys_json(const model::Comparison& comparison) {
    Json list = Json::array();
    for (const model::Why& why : comparison.whys) {
        Json object = {{"contender", why.entrant}, {"baseline", why.baseline}, {"pairs", why.pairs}};
        add_time(object, "operation", why.total);
        for (const model::TimePart part : model::k_time_parts) {
            const auto found = why.parts.find(part);
            add_time(object, std::string(name(part)),
                     found == why.parts.end() ? std::nullopt : std::optional(found->second));
        }
        for (const model::Quantity quantity : model::k_why_quantities) {
            const auto found = why.work.find(quantity);
            const std::string key(model::row(quantity).key);
            const bool known = found != why.work.end();
            object[key] = optional(known ? std::optional(found->second.entrant) : std::nullopt);
            object[key + "_baseline"] =
                optional(known ? std::optional(found->second.baseline) : std::nullopt);
        }
        object["text"] = words::why_different(comparison, why);
        list.push_back(std::move(object));
    }
    return list;
}

Json block_effects_json(const model::Comparison& comparison) {
    Json list = Json::array();
    for (const model::BlockEffect& effect : comparison.block_effects)
        list.push_back({{"contender", effect.entrant},
                        {"first_ratio", optional(effect.first_ratio)},
                        {"first_ratio_low", optional(effect.first_low)},
                        {"first_ratio_high", optional(effect.first_high)},
                        {"first_p_value", optional(effect.first_p)},
                        {"any_p_value", optional(effect.any_p)},
                        {"text", words::block_effect(effect)}});
    return list;
}

Json host_floor_json(const model::Comparison& comparison) {
    if (!comparison.again) return nullptr;
    Json floors = Json::array();
    for (const model::HostFloor& floor : comparison.floors)
        floors.push_back({{"quantity", row(floor.quantity).name},
                          {"half_width", rounded(floor.half_width)},
                          {"floor", rounded(floor.floor)},
                          {"different", floor.different}});
    return {{"contender", *comparison.again},
            {"half_widths", std::move(floors)},
            {"text", words::host_floor(comparison)}};
}

// Of the comparison, or of that at an equal rate.
template <typename Found>
Json ratios_json(const Found& found) {
    Json list = Json::array();
    for (const PairedRatio& ratio : found.ratios)
        list.push_back(ratio_json(ratio, words::why(found, ratio)));
    return list;
}

Json cells_json(const std::vector<Cell>& cells) {
    Json list = Json::array();
    for (const Cell& cell : cells)
        list.push_back(cell_json(cell));
    return list;
}

Json equal_rate_json(const model::Comparison& comparison) {
    const auto& found = comparison.equal_rate;
    if (!found) return nullptr;
    return {{"rate_rps", found->rate},
            {"blocks", found->blocks},
            {"results", cells_json(found->cells)},
            {"comparisons", ratios_json(*found)}};
}

Json trials_json(const RunReport& run) {
    Json list = Json::array();
    for (std::size_t i = 0; i < run.trials.size(); ++i) {
        const model::PlannedTrial& plan = run.trials[i].plan;
        Json object = {{"index", plan.index},
                       {"contender", plan.entrant},
                       {"lens", name(plan.lens)},
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
    for (const std::string& contender : labels(benchmark))
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
            {"limits", name(run.environment.limits)},
            {"database", name(run.environment.database.engine)},
            {"database_version", run.environment.database.version},
            {"margin", benchmark.experiment.margin},
            {"error_rate_max", benchmark.experiment.error_rate_max},
            {"seed", benchmark.experiment.seed}};
}

Json speed_scatters_json(const model::Comparison& comparison) {
    Json all = Json::array();
    for (const model::SpeedScatter& scatter : comparison.speed_scatters)
        all.push_back({{"contender", optional(scatter.entrant)},
                       {"share", rounded(scatter.share)},
                       {"largest_ratio", rounded(scatter.largest_ratio)},
                       {"correlation", optional(scatter.correlation)},
                       {"p_value", optional(scatter.p_value)},
                       {"explained_share", optional(scatter.explained())}});
    return all;
}

}  // namespace

std::string results_json(const RunReport& run) {
    const model::Comparison& comparison = run.comparison;
    Json json = Json::object();
    json["schema_version"] = k_results_schema_version;
    json["joust_version"] = run.environment.joust_version;
    json["started"] = iso_time(run.environment.started);
    json["headline"] = words::headline(comparison);
    json["winner"] = optional(comparison.winner);
    json["winner_measured"] = comparison.winner ? Json(name(comparison.winner_measured)) : Json(nullptr);
    json["warnings"] = words::warnings(comparison);
    json["lint"] = Json::array();
    for (const model::Lint& lint : comparison.lints)
        json["lint"].push_back({{"code", name(lint.kind)}, {"text", words::sentence(lint, run.benchmark)}});
    json["benchmark"] = benchmark_json(run);
    json["blocks"] = comparison.blocks;
    json["measured_share"] = optional(model::measured_share(run.trials));
    json["levels"] = comparison.levels;
    json["results"] = cells_json(comparison.cells);
    json["comparisons"] = ratios_json(comparison);
    json["equal_rate"] = equal_rate_json(comparison);
    json["no_equal_rate"] = comparison.no_equal_rate ? Json(name(*comparison.no_equal_rate)) : Json(nullptr);
    json["host_floor"] = host_floor_json(comparison);
    json["whys"] = whys_json(comparison);
    json["block_effects"] = block_effects_json(comparison);
    json["capacities"] = capacities_json(comparison);
    json["breaking_points"] = Json::array();
    for (const model::BreakingPoint& point : comparison.breaking_points)
        json["breaking_points"].push_back({{"contender", point.entrant},
                                           {"level", point.level},
                                           {"error_rate", rounded(point.error_rate)},
                                           {"whole_level", optional(point.whole_level)},
                                           {"earliest_level", point.earliest_level},
                                           {"latest_level", optional(point.latest_level)}});
    json["plateaus"] = Json::array();
    for (const model::Plateau& plateau : comparison.plateaus)
        json["plateaus"].push_back({{"contender", plateau.entrant},
                                    {"first_level", plateau.first_level},
                                    {"last_level", plateau.last_level},
                                    {"levels", plateau.levels},
                                    {"lowest_rps", rounded(plateau.lowest_rps)},
                                    {"highest_rps", rounded(plateau.highest_rps)}});
    json["scatters"] = Json::array();
    for (const model::Scatter& scatter : comparison.scatters)
        json["scatters"].push_back({{"contender", scatter.entrant},
                                    {"share", rounded(scatter.share)},
                                    {"between_levels", scatter.between_levels},
                                    {"lowest_rps", rounded(scatter.lowest_rps)},
                                    {"lowest_level", scatter.lowest_level},
                                    {"highest_rps", rounded(scatter.highest_rps)},
                                    {"highest_level", scatter.highest_level}});
    json["speed_scatters"] = speed_scatters_json(comparison);
    json["incidents"] = Json::array();
    for (const model::PlacedIncident& placed : comparison.incidents)
        json["incidents"].push_back({{"contender", placed.entrant},
                                     {"level", placed.level},
                                     {"block", placed.block},
                                     {"kind", name(placed.incident.kind)},
                                     {"text", placed.incident.text}});
    json["trials"] = trials_json(run);
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace joust::report
