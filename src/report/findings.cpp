#include "report/findings.hpp"

#include <algorithm>
#include <cmath>

#include "model/wording.hpp"
#include "report/cell_text.hpp"
#include "report/environment_facts.hpp"
#include "report/markdown_text.hpp"

namespace joust::report {
namespace {

using model::Cell;
using model::Comparison;
using model::PairedRatio;

constexpr double k_busy = 0.9;  // of a CPU limit: "all but used up"

// The highest level at which no contender is invalid; empty when there is none.
std::optional<std::int64_t> highest_valid_level(const Comparison& comparison) {
    std::optional<std::int64_t> highest;
    for (const std::int64_t level : comparison.levels) {
        const bool all =
            std::all_of(comparison.contenders.begin(), comparison.contenders.end(), [&](const auto& name) {
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

// The comparative of each quantity: "faster" of a cost means less of it.
std::string verdict_sentence(const PairedRatio& ratio, std::string_view better, std::string_view worse) {
    const std::string sides = fmt::format("{} against {}", ratio.contender, ratio.baseline);
    switch (ratio.verdict) {
        case model::Verdict::faster:
            return fmt::format("**{}: {}.** {}.", sides, better, capitalised(ratio.why));
        case model::Verdict::slower:
            return fmt::format("**{}: {}.** {}.", sides, worse, capitalised(ratio.why));
        case model::Verdict::equivalent:
            return fmt::format("**{}: no difference that matters.** {}.", sides, capitalised(ratio.why));
        case model::Verdict::inconclusive:
            return fmt::format("**{}: not decided.** {}.", sides, capitalised(ratio.why));
        case model::Verdict::invalid:
            break;
    }
    return fmt::format("**{}: not ranked.** {}.", sides, capitalised(ratio.why));
}

void add_verdicts(const RunReport& run, std::vector<std::string>& sentences) {
    const Comparison& comparison = run.comparison;
    for (const PairedRatio& goodput : comparison.goodput) {
        if (goodput.level) continue;
        sentences.push_back(verdict_sentence(goodput, "higher goodput", "lower goodput"));
        if (goodput.verdict == model::Verdict::invalid) continue;
        if (const auto* cpu = find_ratio(comparison.cpu_per_operation, goodput.contender, std::nullopt))
            sentences.push_back(verdict_sentence(*cpu, "less CPU per operation", "more CPU per operation"));
        if (const auto* p99 = find_ratio(comparison.response_time_p99, goodput.contender, std::nullopt))
            sentences.push_back(verdict_sentence(*p99, "shorter p99", "longer p99"));
    }
}

// What a difference between contenders has to be held against.
void add_scatter(const RunReport& run, std::vector<std::string>& sentences) {
    std::string text;
    bool between_levels = false;
    for (const model::Scatter& scatter : run.comparison.scatters) {
        between_levels = between_levels || scatter.between_levels;
        text +=
            fmt::format("{}{} by {} ({} {} to {} {})", text.empty() ? "" : ", that of ", scatter.contender,
                        model::percent(scatter.share), model::rate_text(scatter.lowest_rps),
                        at_level(run.benchmark, scatter.lowest_level), model::rate_text(scatter.highest_rps),
                        at_level(run.benchmark, scatter.highest_level));
    }
    if (text.empty()) return;
    sentences.push_back(fmt::format(
        "**Scatter within a contender.** The goodput of a trial scatters {} (standard deviation of "
        "the logarithm; lowest and highest trial): that of {}.",
        between_levels ? "from one level to the next, there being one block and no repeats,"
                       : "from repeat to repeat at the same level",
        text));
}

void add_breaking_points(const RunReport& run, std::vector<std::string>& sentences) {
    for (const model::BreakingPoint& point : run.comparison.breaking_points) {
        const Cell* before = nullptr;
        for (const std::int64_t level : run.comparison.levels)
            if (level < point.level)
                if (const Cell* cell = run.comparison.cell(point.contender, level)) before = cell;
        std::string text =
            fmt::format("**{} breaks {}**: {} of its requests failed there (limit {})", point.contender,
                        at_level(run.benchmark, point.level), model::percent(point.error_rate),
                        model::percent(run.benchmark.experiment.error_rate_max));
        text += before == nullptr ? ", the lowest level measured."
                                  : fmt::format("; {} it was {}.", at_level(run.benchmark, before->level),
                                                model::percent(before->error_rate));
        sentences.push_back(std::move(text));
    }
}

void add_saturation(const RunReport& run, std::vector<std::string>& sentences) {
    for (const Cell& cell : run.comparison.cells)
        for (const model::Reason& reason : cell.judgement.reasons)
            if (reason.code == "saturated")
                sentences.push_back(fmt::format("**{} {} is saturated.** {}.", cell.contender,
                                                at_level(run.benchmark, cell.level),
                                                markdown_text(capitalised(reason.text))));
}

// More users than a service can serve at once only queue: goodput stays, the response time grows.
void add_plateaus(const RunReport& run, std::vector<std::string>& sentences) {
    for (const model::Plateau& flat : run.comparison.plateaus) {
        const Cell* first = run.comparison.cell(flat.contender, flat.first_level);
        const Cell* last = run.comparison.cell(flat.contender, flat.last_level);
        std::string text = fmt::format(
            "**{}: {} levels measured one saturated number.** From {} to {} its goodput stays between {} and "
            "{}, "
            "no further apart than the margin of ±{} around one value, while its median response time goes "
            "from {} "
            "to {}.",
            flat.contender, flat.levels, flat.first_level,
            model::level_text(run.benchmark.load.model, flat.last_level), model::rate_text(flat.lowest_rps),
            model::rate_text(flat.highest_rps), model::percent(run.benchmark.experiment.margin),
            latency_text(*first, "p50"), latency_text(*last, "p50"));
        const model::ContenderFacts* facts = facts_of(run.environment, flat.contender);
        if (facts != nullptr && facts->stack.concurrency == "threads")
            text += fmt::format(" By its manifest {} and {} per worker serve requests.",
                                model::counted(facts->stack.workers, "worker"),
                                model::counted(facts->stack.threads, "thread"));
        sentences.push_back(std::move(text));
    }
}

std::string cpu_sentence(const RunReport& run, const Cell& cell) {
    std::string text = fmt::format("{} spends {} of CPU on an operation ({} user, {} system)", cell.contender,
                                   cpu_text(cell.contender_cpu_us_per_operation),
                                   cpu_text(cell.contender_cpu_user_us_per_operation),
                                   cpu_text(cell.contender_cpu_system_us_per_operation));
    if (run.benchmark.database.engine == model::DatabaseEngine::postgres)
        text += fmt::format(", and the database {} for it", cpu_text(cell.database_cpu_us_per_operation));
    return text;
}

// What a contender and its database used of their CPU at a level, and which of it nearly whole. That the rest
// was theirs to use does not follow: others may have had it.
std::string limit_sentence(const RunReport& run, const Cell& cell) {
    const double own = cell.contender_cpu_cores.value;
    const double database = cell.database_cpu_cores.value;
    const bool own_busy = own >= k_busy * run.benchmark.contender_limits.cpus;
    const bool server = run.benchmark.database.engine == model::DatabaseEngine::postgres;
    const bool database_busy = server && database >= k_busy * run.benchmark.database_limits.cpus;
    std::string text =
        fmt::format("{} used {:.2f} of {:g} CPU", cell.contender, own, run.benchmark.contender_limits.cpus);
    if (server)
        text += fmt::format(" and its database {:.2f} of {:g}", database, run.benchmark.database_limits.cpus);
    if (own_busy && database_busy) return text + ": both are all but used up";
    if (own_busy) return text + ": its own CPU is all but used up";
    if (database_busy) return text + ": the database's CPU is all but used up";
    return text;
}

void add_causes(const RunReport& run, std::vector<std::string>& sentences) {
    const auto level = highest_valid_level(run.comparison);
    if (!level) return;
    std::string costs;
    std::string limits;
    std::string switches;
    for (const std::string& contender : run.comparison.contenders) {
        const Cell& cell = *run.comparison.cell(contender, *level);
        if (cell.contender_cpu_us_per_operation)
            costs += (costs.empty() ? "" : "; ") + cpu_sentence(run, cell);
        limits += (limits.empty() ? "" : "; ") + limit_sentence(run, cell);
        if (cell.context_switches_per_operation)
            switches += (switches.empty() ? "" : "; ") +
                        fmt::format("{} switches context {} times per operation", contender,
                                    model::significant(cell.context_switches_per_operation->value));
    }
    const std::string where = capitalised(at_level(run.benchmark, *level));
    if (!costs.empty()) sentences.push_back(fmt::format("**Cost of an operation.** {} {}.", where, costs));
    if (!run.environment.limits.empty() && run.environment.limits != "off")
        sentences.push_back(fmt::format("**CPU used of what was allowed.** {} {}.", where, limits));
    if (!switches.empty()) sentences.push_back(fmt::format("**Scheduling.** {} {}.", where, switches));
}

void add_memory(const RunReport& run, std::vector<std::string>& sentences) {
    std::string text;
    for (const std::string& contender : run.comparison.contenders) {
        const Cell* most = nullptr;
        for (const Cell& cell : run.comparison.cells)
            if (cell.contender == contender &&
                (most == nullptr || cell.contender_memory_peak_mib > most->contender_memory_peak_mib))
                most = &cell;
        if (most == nullptr) continue;
        text += fmt::format("{}{} peaks at {} ({})", text.empty() ? "" : "; ", contender,
                            model::mebibytes_text(most->contender_memory_peak_mib),
                            at_level(run.benchmark, most->level));
    }
    if (!text.empty())
        sentences.push_back(fmt::format("**Memory.** {}, of {} allowed.", text,
                                        model::limit_text(run.benchmark.contender_limits.memory)));
}

void add_connections(const RunReport& run, std::vector<std::string>& sentences) {
    if (run.comparison.contenders.size() < 2) return;
    std::string text;
    int least = 0;
    int most = 0;
    for (const std::string& contender : run.comparison.contenders) {
        const model::ContenderFacts* facts = facts_of(run.environment, contender);
        if (facts == nullptr) return;
        const int connections = facts->stack.db_connections;
        least = text.empty() ? connections : std::min(least, connections);
        most = std::max(most, connections);
        text += fmt::format("{}{} opens up to {}", text.empty() ? "" : ", ", contender,
                            model::counted(connections, "database connection"));
    }
    if (most > least)
        sentences.push_back(fmt::format(
            "**Not the same number of connections.** By their manifests {}: {}.", text,
            run.benchmark.database.engine == model::DatabaseEngine::postgres
                ? "the database can work on more requests of one than of the other at the same time"
                : "more requests of one than of the other can read at the same time (SQLite lets one "
                  "connection write at a time)"));
}

void add_incidents(const RunReport& run, std::vector<std::string>& sentences) {
    std::vector<std::string> seen;
    for (const model::PlacedIncident& placed : run.comparison.incidents) {
        const std::string key = placed.contender + std::string(name(placed.incident.kind));
        if (std::find(seen.begin(), seen.end(), key) != seen.end()) continue;
        seen.push_back(key);
        const auto same = std::count_if(run.comparison.incidents.begin(), run.comparison.incidents.end(),
                                        [&](const model::PlacedIncident& other) {
                                            return other.contender == placed.contender &&
                                                   other.incident.kind == placed.incident.kind;
                                        });
        sentences.push_back(fmt::format("**{} {}, block {}{}:** {}.", placed.contender,
                                        at_level(run.benchmark, placed.level), placed.block + 1,
                                        same > 1 ? fmt::format(" and {} more times", same - 1) : "",
                                        markdown_text(placed.incident.text)));
    }
}

}  // namespace

std::vector<std::string> findings(const RunReport& run) {
    std::vector<std::string> sentences;
    if (run.comparison.cells.empty()) return sentences;
    add_verdicts(run, sentences);
    add_scatter(run, sentences);
    add_breaking_points(run, sentences);
    add_saturation(run, sentences);
    add_plateaus(run, sentences);
    add_causes(run, sentences);
    add_memory(run, sentences);
    add_connections(run, sentences);
    add_incidents(run, sentences);
    return sentences;
}

}  // namespace joust::report
