#include "report/cell_text.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "model/wording.hpp"
#include "report/words/rules.hpp"

namespace joust::report {
namespace {

constexpr std::string_view k_nothing = "–";

// A finding in three words.
std::string short_text(const model::Cell& cell, const model::Finding& finding) {
    if (finding.rule == model::Rule::error_rate) return model::percent(cell.error_rate()) + " errors";
    return words::short_name(finding);
}

bool without_limits(const model::Cell& cell) {
    return cell.judgement.has(model::Rule::limits_off);
}

// What stands between ratio and limits.
std::string bare_verdict(const model::Comparison& comparison, const model::Cell& cell) {
    if (invalid(cell)) return "invalid: " + short_reason(cell);
    const model::PairedRatio* ratio = comparison.ratio(model::Quantity::goodput, cell.entrant, cell.level);
    if (ratio == nullptr)
        return comparison.entrants.size() > 1 ? "baseline" : std::string(name(cell.judgement.validity));
    if (cell.entrant == comparison.again) return "baseline again";
    if (ratio->verdict == model::Verdict::invalid)
        if (const model::Cell* baseline = comparison.cell(comparison.baseline, cell.level);
            baseline != nullptr)
            return "not ranked: " + baseline->entrant + " invalid";
    // Without an interval there is nothing to be conclusive about: the ratio only describes what was seen.
    if (!ratio->low && ratio->basis != model::Basis::before_look)
        return ratio->pairs == 0 ? "no pair" : model::counted(ratio->pairs, "pair") + " only";
    return ratio->descriptive ? "descriptive" : verdict_words(*ratio);
}

}  // namespace

std::string conditions(const model::Benchmark& benchmark, const model::Comparison& comparison,
                       const std::string& database_version) {
    const double cpus = benchmark.contender_limits.cpus;
    std::string text;
    if (limits_off(comparison)) {
        text = "limits off · ";
    } else if (!comparison.cells.empty()) {  // before anything ran there is nothing to say of its limits
        text = fmt::format("{:g} CPU{}, {} each · ", cpus, cpus == 1 ? "" : "s",
                           model::limit_text(benchmark.contender_limits.memory));
    }
    text += benchmark.database.engine == model::DatabaseEngine::postgres ? "PostgreSQL" : "SQLite";
    if (!database_version.empty()) text += " " + database_version;
    return text + fmt::format(" · {} × {} per level", blocks_text(benchmark, comparison),
                              spoken_exactly(benchmark.load.duration));
}

std::string blocks_text(const model::Benchmark& benchmark, const model::Comparison& comparison) {
    const model::ExperimentSpec& experiment = benchmark.experiment;
    const std::int64_t most = model::last_block(experiment);
    if (comparison.blocks == 0 || comparison.blocks >= most)
        return model::counted(comparison.blocks, "block");
    return fmt::format("{} of {}{}", comparison.blocks, most > experiment.blocks_min ? "at most " : "",
                       model::counted(most, "block"));
}

bool limits_off(const model::Comparison& comparison) {
    return std::any_of(comparison.cells.begin(), comparison.cells.end(), without_limits);
}

std::string at_level(const model::Benchmark& benchmark, std::int64_t level) {
    return "at " + model::level_text(benchmark.load.model, level);
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
    if (ratio.basis == model::Basis::before_look) return "before the first look";
    if (ratio.basis == model::Basis::lower_bounds)
        return ratio.level ? "not decided (only lower bounds)"
                           : fmt::format("not decided (at {} of {} only lower bounds)", ratio.bounded_levels,
                                         model::counted(ratio.levels, "level"));
    const bool undecided = ratio.undecided() || ratio.basis == model::Basis::within_floor ||
                           ratio.basis == model::Basis::unfinished ||
                           ratio.basis == model::Basis::ended_early ||
                           ratio.basis == model::Basis::undeclared;
    return undecided ? "not decided" : std::string(name(ratio.verdict));
}

std::string short_reason(const model::Cell& cell) {
    return cell.judgement.findings.empty() ? "" : short_text(cell, cell.judgement.findings.front());
}

std::vector<std::string> short_reason_list(const model::Cell& cell) {
    std::vector<std::string> list;
    for (const model::Finding& finding : cell.judgement.findings)
        if (finding.effects().worst() >= model::Effect::doubts) list.push_back(short_text(cell, finding));
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

std::optional<model::Verdict> verdict_of(const model::Comparison& comparison, const model::Cell& cell) {
    if (invalid(cell)) return model::Verdict::invalid;
    const model::PairedRatio* ratio = comparison.ratio(model::Quantity::goodput, cell.entrant, cell.level);
    const bool claims = ratio != nullptr && !ratio->descriptive && cell.entrant != comparison.again;
    return claims ? std::optional(ratio->verdict) : std::nullopt;
}

std::string verdict_text(const model::Comparison& comparison, const model::Cell& cell) {
    const bool said = invalid(cell) && cell.judgement.findings.front().rule == model::Rule::limits_off;
    return bare_verdict(comparison, cell) + (without_limits(cell) && !said ? ", limits off" : "");
}

}  // namespace joust::report
