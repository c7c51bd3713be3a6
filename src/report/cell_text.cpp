#include "report/cell_text.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "model/wording.hpp"

namespace joust::report {
namespace {

constexpr std::string_view k_nothing = "–";

const model::LatencyEstimate* find_latency(const model::Cell& cell, const std::string& key) {
    const auto found = cell.response_time.find(key);
    return found == cell.response_time.end() ? nullptr : &found->second;
}

// Of the reason in three words.
std::string short_text(const model::Cell& cell, const model::Reason& reason) {
    if (reason.code == "error_rate") return model::percent(cell.error_rate) + " errors";
    std::string words = reason.code;
    std::replace(words.begin(), words.end(), '_', ' ');
    return words;
}

bool limits_off(const model::Cell& cell) {
    return has_reason(cell, "limits_off");
}

// What stands between ratio and limits.
std::string bare_verdict(const model::Comparison& comparison, const model::Cell& cell) {
    if (invalid(cell)) return "invalid: " + short_reason(cell);
    const auto verdict = verdict_of(comparison, cell);
    if (!verdict)
        return comparison.contenders.size() > 1 ? "baseline" : std::string(name(cell.judgement.validity));
    if (*verdict == model::Verdict::invalid)
        if (const model::Cell* baseline = comparison.cell(comparison.baseline, cell.level);
            baseline != nullptr)
            return "not ranked: " + baseline->contender + " invalid";
    const model::PairedRatio* ratio = find_ratio(comparison.goodput, cell.contender, cell.level);
    // Without an interval there is nothing to be conclusive about: the ratio only describes what was seen.
    if (!ratio->low) return ratio->pairs == 0 ? "no pair" : model::counted(ratio->pairs, "pair") + " only";
    return verdict_words(*ratio);
}

}  // namespace

std::string conditions(const model::Benchmark& benchmark, const model::Comparison& comparison,
                       const std::string& database_version) {
    const double cpus = benchmark.contender_limits.cpus;
    std::string text;
    if (std::any_of(comparison.cells.begin(), comparison.cells.end(), limits_off)) {
        text = "limits off · ";
    } else if (!comparison.cells.empty()) {  // before anything ran there is nothing to say of its limits
        text = fmt::format("{:g} CPU{}, {} each · ", cpus, cpus == 1 ? "" : "s",
                           model::limit_text(benchmark.contender_limits.memory));
    }
    text += benchmark.database.engine == model::DatabaseEngine::postgres ? "PostgreSQL" : "SQLite";
    if (!database_version.empty()) text += " " + database_version;
    return text + fmt::format(" · {} × {} per level", model::counted(comparison.blocks, "block"),
                              spoken(benchmark.load.duration));
}

bool invalid(const model::Cell& cell) {
    return cell.judgement.validity == model::Validity::invalid;
}

std::string at_level(const model::Benchmark& benchmark, std::int64_t level) {
    return "at " + model::level_text(benchmark.load.model, level);
}

std::string estimate_text(const model::Estimate& estimate) {
    std::string text = model::significant(estimate.value);
    if (estimate.low && estimate.high)
        text +=
            fmt::format(" [{}, {}]", model::significant(*estimate.low), model::significant(*estimate.high));
    return text;
}

std::string latency_text(const model::Cell& cell, const std::string& key) {
    const model::LatencyEstimate* latency = find_latency(cell, key);
    if (latency == nullptr) return std::string(k_nothing);
    return (latency->at_least ? "≥ " : "") + model::duration_text(latency->value_ns.value);
}

std::string latency_with_interval(const model::Cell& cell, const std::string& key) {
    std::string text = latency_text(cell, key);
    const model::LatencyEstimate* latency = find_latency(cell, key);
    if (latency != nullptr && latency->value_ns.low && latency->value_ns.high && !latency->at_least)
        text += fmt::format(" [{}, {}]", model::duration_text(*latency->value_ns.low),
                            model::duration_text(*latency->value_ns.high));
    return text;
}

std::string cpu_text(const std::optional<model::Estimate>& microseconds) {
    return microseconds ? model::duration_text(microseconds->value * 1e3) : std::string(k_nothing);
}

std::string ratio_text(const model::RatioEstimate& ratio) {
    if (!ratio.ratio) return std::string(k_nothing);
    std::string text = fmt::format("{:.2f}", *ratio.ratio);
    if (ratio.low && ratio.high) text += fmt::format(" [{:.2f}, {:.2f}]", *ratio.low, *ratio.high);
    return text;
}

std::string ratio_text(const model::PairedRatio& ratio) {
    return ratio_text(model::RatioEstimate{ratio.pairs, ratio.ratio, ratio.low, ratio.high});
}

std::string verdict_words(const model::PairedRatio& ratio) {
    return ratio.mostly_suspect() ? "not decided" : std::string(name(ratio.verdict));
}

bool has_reason(const model::Cell& cell, std::string_view code) {
    const auto& reasons = cell.judgement.reasons;
    return std::any_of(reasons.begin(), reasons.end(),
                       [&](const model::Reason& reason) { return reason.code == code; });
}

std::string short_reason(const model::Cell& cell) {
    return cell.judgement.reasons.empty() ? "" : short_text(cell, cell.judgement.reasons.front());
}

std::vector<std::string> short_reason_list(const model::Cell& cell) {
    std::vector<std::string> list;
    for (const model::Reason& reason : cell.judgement.reasons)
        list.push_back(short_text(cell, reason));
    return list;
}

std::string short_reasons(const model::Cell& cell) {
    return joined(short_reason_list(cell), ", ");
}

std::string validity_text(const model::Cell& cell) {
    std::string text(name(cell.judgement.validity));
    if (cell.judgement.validity != model::Validity::valid) text += ": " + short_reasons(cell);
    return text;
}

const model::PairedRatio* find_ratio(const std::vector<model::PairedRatio>& ratios,
                                     const std::string& contender, std::optional<std::int64_t> level) {
    for (const model::PairedRatio& ratio : ratios)
        if (ratio.contender == contender && ratio.level == level) return &ratio;
    return nullptr;
}

std::optional<model::Verdict> verdict_of(const model::Comparison& comparison, const model::Cell& cell) {
    if (invalid(cell)) return model::Verdict::invalid;
    const model::PairedRatio* ratio = find_ratio(comparison.goodput, cell.contender, cell.level);
    return ratio != nullptr ? std::optional(ratio->verdict) : std::nullopt;
}

std::string verdict_text(const model::Comparison& comparison, const model::Cell& cell) {
    const bool said = invalid(cell) && short_reason(cell) == "limits off";
    return bare_verdict(comparison, cell) + (limits_off(cell) && !said ? ", limits off" : "");
}

}  // namespace joust::report
