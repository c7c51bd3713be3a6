#include "report/words/findings.hpp"

#include <algorithm>
#include <cmath>

#include "model/wording.hpp"
#include "report/cell_text.hpp"
#include "report/environment_facts.hpp"
#include "report/words/capacity.hpp"
#include "report/words/cpu_speed.hpp"
#include "report/words/quantities.hpp"
#include "report/words/rules.hpp"
#include "report/words/time_parts.hpp"
#include "report/words/verdicts.hpp"
#include "report/words/waits.hpp"

namespace joust::report::words {
namespace {

using model::Cell;
using model::Comparison;
using model::PairedRatio;
using model::Quantity;
using Statements = std::vector<Statement>;

constexpr double k_busy = 0.9;  // of a CPU limit: "all but used up"

// The highest level at which no contender is invalid; empty when there is none.
std::optional<std::int64_t> highest_valid_level(const Comparison& comparison) {
    std::optional<std::int64_t> highest;
    for (const std::int64_t level : comparison.levels) {
        const bool all =
            std::all_of(comparison.entrants.begin(), comparison.entrants.end(), [&](const auto& name) {
                const Cell* cell = comparison.cell(name, level);
                return cell != nullptr && !invalid(*cell);
            });
        if (all) highest = level;
    }
    return highest;
}

std::string capitalised(std::string text) {
    if (!text.empty() && text.front() >= 'a' && text.front() <= 'z')
        text.front() = static_cast<char>(text.front() - 'a' + 'A');
    return text;
}

std::string_view outcome(const PairedRatio& ratio) {
    switch (ratio.verdict) {
        case model::Verdict::faster:
            return compared_words(ratio.quantity).better;
        case model::Verdict::slower:
            return compared_words(ratio.quantity).worse;
        case model::Verdict::equivalent:
            return "no difference that matters";
        case model::Verdict::inconclusive:
            return "not decided";
        case model::Verdict::invalid:
            break;
    }
    return "not ranked";
}

Statement verdict_statement(const Comparison& comparison, const PairedRatio& ratio) {
    const bool tells = ratio.ratio && ratio.measured != model::Measured::work;
    const std::string measured =
        !tells ? ""
               : fmt::format("{}{} was measured; ", in_part(comparison, ratio) ? "in part " : "",
                             ratio.measured == model::Measured::wait ? "a wait" : "the load");
    return {fmt::format("{} against {}: {}{}.", ratio.entrant, ratio.baseline, measured, outcome(ratio)),
            capitalised(why(comparison, ratio)) + "."};
}

void add_verdicts(const RunReport& run, Statements& statements) {
    const Comparison& comparison = run.comparison;
    for (const PairedRatio& goodput : comparison.pooled(Quantity::goodput)) {
        statements.push_back(verdict_statement(comparison, goodput));
        if (goodput.verdict == model::Verdict::invalid) continue;
        for (const Quantity quantity : model::k_compared_quantities)
            if (quantity != Quantity::goodput)
                if (const auto* ratio = comparison.ratio(quantity, goodput.entrant, std::nullopt))
                    statements.push_back(verdict_statement(comparison, *ratio));
    }
}

void add_whys(const RunReport& run, Statements& statements) {
    for (const model::Why& why : run.comparison.whys)
        if (std::string text = why_different(run.comparison, why); !text.empty())
            statements.push_back(
                {fmt::format("Why {} differs from {} per operation.", why.entrant, why.baseline),
                 std::move(text)});
}

void add_block_effects(const RunReport& run, Statements& statements) {
    for (const model::BlockEffect& effect : run.comparison.block_effects)
        statements.push_back({fmt::format("Blocks, {} against {}:", effect.entrant, run.comparison.baseline),
                              block_effect(effect) + "."});
}

// What a difference between contenders has to be held against.
void add_scatter(const RunReport& run, Statements& statements) {
    std::string text;
    bool between_levels = false;
    for (const model::Scatter& scatter : run.comparison.scatters) {
        between_levels = between_levels || scatter.between_levels;
        text +=
            fmt::format("{}{} by {} ({} {} to {} {})", text.empty() ? "" : ", that of ", scatter.entrant,
                        model::percent(scatter.share), model::rate_text(scatter.lowest_rps),
                        at_level(run.benchmark, scatter.lowest_level), model::rate_text(scatter.highest_rps),
                        at_level(run.benchmark, scatter.highest_level));
    }
    if (text.empty()) return;
    statements.push_back({"Scatter within a contender.",
                          fmt::format("The goodput of a trial scatters {} (standard deviation of "
                                      "the logarithm; lowest and highest trial): that of {}.",
                                      between_levels ? "from one level to the next, there being no repeats,"
                                                     : "from repeat to repeat at the same level",
                                      text)});
}

void add_cpu_speeds(const RunReport& run, Statements& statements) {
    if (std::string text = cpu_speeds(run.comparison); !text.empty())
        statements.push_back({"Speed of the CPUs.", std::move(text)});
}

void add_breaking_points(const RunReport& run, Statements& statements) {
    for (const model::BreakingPoint& point : run.comparison.breaking_points) {
        const Cell* before = nullptr;
        for (const std::int64_t level : run.comparison.levels)
            if (level < point.level)
                if (const Cell* cell = run.comparison.cell(point.entrant, level)) before = cell;
        std::string text =
            fmt::format(": {} of its requests failed there (limit {})", model::percent(point.error_rate),
                        model::percent(run.benchmark.experiment.error_rate_max));
        text += before == nullptr ? ", the lowest level measured."
                                  : fmt::format("; {} it was {}.", at_level(run.benchmark, before->level),
                                                model::percent(before->error_rate()));
        text += fmt::format(" It breaks {}.", breaking_range(point, run.benchmark.load.model));
        statements.push_back(
            {fmt::format("{} breaks {}", point.entrant, at_level(run.benchmark, point.level)),
             std::move(text), ""});
    }
}

void add_saturation(const RunReport& run, Statements& statements) {
    for (const Cell& cell : run.comparison.cells)
        for (const model::Finding& finding : cell.judgement.findings)
            if (finding.rule == model::Rule::saturated)
                statements.push_back(
                    {fmt::format("{} {} {}.", cell.entrant, at_level(run.benchmark, cell.level),
                                 cell.judgement.has(model::Rule::nobody_busy)
                                     ? "waits until its timeout, and nobody is busy"
                                     : "is saturated"),
                     capitalised(sentence(finding)) + "."});
}

// More users than a service can serve at once only queue: goodput stays, the response time grows.
void add_plateaus(const RunReport& run, Statements& statements) {
    for (const model::Plateau& flat : run.comparison.plateaus) {
        const Cell* first = run.comparison.cell(flat.entrant, flat.first_level);
        const Cell* last = run.comparison.cell(flat.entrant, flat.last_level);
        std::string text = fmt::format(
            "From {} to {} its goodput stays between {} and "
            "{}, "
            "no further apart than the margin of ±{} around one value, while its median response time goes "
            "from {} "
            "to {}.",
            flat.first_level, model::level_text(run.benchmark.load.model, flat.last_level),
            model::rate_text(flat.lowest_rps), model::rate_text(flat.highest_rps),
            model::percent(run.benchmark.experiment.margin), figure_text(*first, Quantity::response_time_p50),
            figure_text(*last, Quantity::response_time_p50));
        const model::ContenderFacts* facts = facts_of(run.environment, flat.entrant);
        if (facts != nullptr && facts->stack.threads > 1)
            text += fmt::format(" By its manifest {} and {} per worker serve requests.",
                                model::counted(facts->stack.workers, "worker"),
                                model::counted(facts->stack.threads, "thread"));
        statements.push_back(
            {fmt::format("{}: {} levels measured one {}number{}.", flat.entrant, flat.levels,
                         waited(run.comparison, flat) ? "" : "saturated ",
                         waited(run.comparison, flat) ? ", which is no limit of its work" : ""),
             std::move(text)});
    }
}

std::string cpu_sentence(const RunReport& run, const Cell& cell) {
    std::string text = fmt::format("{} spends {} of CPU on an operation ({} user, {} system)", cell.entrant,
                                   figure_text(cell, Quantity::cpu_per_operation),
                                   figure_text(cell, Quantity::cpu_user_per_operation),
                                   figure_text(cell, Quantity::cpu_system_per_operation));
    if (run.benchmark.database.engine == model::DatabaseEngine::postgres)
        text += fmt::format(", and the database {} for it",
                            figure_text(cell, Quantity::database_cpu_per_operation));
    return text;
}

// What a contender and its database used of their CPU at a level, and which of it nearly whole. That the rest
// was theirs to use does not follow: others may have had it.
std::string limit_sentence(const RunReport& run, const Cell& cell) {
    const double own = cell.at(Quantity::contender_cpu).value;
    const bool server = run.benchmark.database.engine == model::DatabaseEngine::postgres;
    const model::Estimate* database = server ? cell.find(Quantity::database_cpu) : nullptr;
    const bool own_busy = own >= k_busy * run.benchmark.contender_limits.cpus;
    const bool database_busy =
        database != nullptr && database->value >= k_busy * run.benchmark.database_limits.cpus;
    std::string text =
        fmt::format("{} used {:.2f} of {:g} CPU", cell.entrant, own, run.benchmark.contender_limits.cpus);
    if (database != nullptr)
        text += fmt::format(" and its database {:.2f} of {:g}", database->value,
                            run.benchmark.database_limits.cpus);
    if (own_busy && database_busy) return text + ": both are all but used up";
    if (own_busy) return text + ": its own CPU is all but used up";
    if (database_busy) return text + ": the database's CPU is all but used up";
    return text;
}

void add_causes(const RunReport& run, Statements& statements) {
    const auto level = highest_valid_level(run.comparison);
    if (!level) return;
    std::string costs;
    std::string limits;
    std::string switches;
    for (const std::string& contender : run.comparison.entrants) {
        const Cell& cell = *run.comparison.cell(contender, *level);
        if (cell.find(Quantity::cpu_per_operation) != nullptr)
            costs += (costs.empty() ? "" : "; ") + cpu_sentence(run, cell);
        limits += (limits.empty() ? "" : "; ") + limit_sentence(run, cell);
        if (cell.find(Quantity::context_switches_per_operation) != nullptr)
            switches += (switches.empty() ? "" : "; ") +
                        fmt::format("{} switches context {} times per operation", contender,
                                    figure_text(cell, Quantity::context_switches_per_operation));
    }
    const std::string where = capitalised(at_level(run.benchmark, *level));
    if (!costs.empty()) statements.push_back({"Cost of an operation.", fmt::format("{} {}.", where, costs)});
    if (!limits_off(run.comparison))
        statements.push_back({"CPU used of what was allowed.", fmt::format("{} {}.", where, limits)});
    if (!switches.empty()) statements.push_back({"Scheduling.", fmt::format("{} {}.", where, switches)});
}

double peak_mib(const Cell& cell) {
    return cell.at(Quantity::memory_peak).value;
}

void add_memory(const RunReport& run, Statements& statements) {
    std::string text;
    for (const std::string& contender : run.comparison.entrants) {
        const Cell* most = nullptr;
        for (const Cell& cell : run.comparison.cells)
            if (cell.entrant == contender && (most == nullptr || peak_mib(cell) > peak_mib(*most)))
                most = &cell;
        if (most == nullptr) continue;
        text += fmt::format("{}{} peaks at {} ({})", text.empty() ? "" : "; ", contender,
                            model::mebibytes_text(peak_mib(*most)), at_level(run.benchmark, most->level));
    }
    if (!text.empty())
        statements.push_back(
            {"Memory.", fmt::format("{}, of {} allowed.", text,
                                    model::limit_text(run.benchmark.contender_limits.memory))});
}

void add_incidents(const RunReport& run, Statements& statements) {
    std::vector<std::string> seen;
    for (const model::PlacedIncident& placed : run.comparison.incidents) {
        const std::string key = placed.entrant + std::string(name(placed.incident.kind));
        if (std::find(seen.begin(), seen.end(), key) != seen.end()) continue;
        seen.push_back(key);
        const auto same = std::count_if(run.comparison.incidents.begin(), run.comparison.incidents.end(),
                                        [&](const model::PlacedIncident& other) {
                                            return other.entrant == placed.entrant &&
                                                   other.incident.kind == placed.incident.kind;
                                        });
        statements.push_back(
            {fmt::format("{} {}, block {}{}:", placed.entrant, at_level(run.benchmark, placed.level),
                         placed.block + 1, same > 1 ? fmt::format(" and {} more times", same - 1) : ""),
             placed.incident.text + "."});
    }
}

}  // namespace

Prose prose(const Statement& statement) {
    return strong(statement.lead) + Prose(statement.between) + Prose(statement.text);
}

Statements findings(const RunReport& run) {
    Statements statements;
    if (run.comparison.cells.empty()) return statements;
    add_verdicts(run, statements);
    add_whys(run, statements);
    add_scatter(run, statements);
    add_cpu_speeds(run, statements);
    add_block_effects(run, statements);
    add_breaking_points(run, statements);
    add_saturation(run, statements);
    add_plateaus(run, statements);
    add_causes(run, statements);
    add_memory(run, statements);
    add_incidents(run, statements);
    return statements;
}

}  // namespace joust::report::words
