#include "report/markdown_tables.hpp"

#include <algorithm>
#include <array>
#include <functional>

#include "base/text.hpp"
#include "model/wording.hpp"
#include "report/cell_text.hpp"
#include "report/environment_facts.hpp"

namespace joust::report {
namespace {

using model::Cell;

// Level and contender, then whatever `rest` says of the cell, then how valid it is: that stands in every
// table.
Table per_cell(const RunReport& run, const std::vector<Column>& columns,
               const std::function<std::vector<std::string>(const Cell&)>& rest) {
    const bool closed = run.benchmark.load.model == model::LoadModel::closed;
    Table table{{{closed ? "users" : "requests/s"}, {"contender", Align::left}}, {}};
    table.columns.insert(table.columns.end(), columns.begin(), columns.end());
    table.columns.push_back({"validity", Align::left});
    for (const Cell& cell : run.comparison.cells) {
        std::vector<std::string> row{std::to_string(cell.level), cell.contender};
        for (std::string& text : rest(cell))
            row.push_back(std::move(text));
        row.push_back(validity_text(cell));
        table.rows.push_back(std::move(row));
    }
    return table;
}

std::string optional_estimate(const std::optional<model::Estimate>& estimate) {
    return estimate ? model::significant(estimate->value) : "–";
}

std::string limits_text(const model::LimitsInForce& limits) {
    std::vector<std::string> cpus;
    for (const int cpu : limits.cpu_set)
        cpus.push_back(std::to_string(cpu));
    std::string text = cpus.empty() ? "any CPU" : "CPU set {" + joined(cpus, ", ") + "}";
    if (limits.cpu_quota) text += fmt::format(", quota {:g} CPUs", *limits.cpu_quota);
    text += limits.memory ? ", memory " + model::limit_text(*limits.memory) : ", memory unlimited";
    return text + (limits.swap_off ? ", swap off" : ", swap on") + " (cgroups " + limits.cgroup_version + ")";
}

std::string pairs_text(const std::map<std::string, std::string>& pairs) {
    std::vector<std::string> parts;
    for (const auto& [key, value] : pairs)
        parts.push_back(key + " = " + value);
    return joined(parts, ", ");
}

}  // namespace

Table ratio_table(const RunReport& run) {
    Table table{{{"all levels where neither is invalid", Align::left},
                 {"ratio [95 % interval]"},
                 {"pairs"},
                 {"of valid results"},
                 {"pairs"},
                 {"verdict", Align::left}},
                {}};
    const model::Comparison& comparison = run.comparison;
    const std::array<std::pair<std::string_view, const std::vector<model::PairedRatio>*>, 3> quantities{
        {{"goodput", &comparison.goodput},
         {"CPU per operation", &comparison.cpu_per_operation},
         {"p99 response time", &comparison.response_time_p99}}};
    for (const auto& [quantity, ratios] : quantities)
        for (const model::PairedRatio& ratio : *ratios)
            if (!ratio.level) {
                // "faster" is a word for goodput and time; of CPU one needs less or more.
                const bool cpu = ratios == &comparison.cpu_per_operation;
                std::string verdict = verdict_words(ratio);
                if (cpu && ratio.verdict == model::Verdict::faster) verdict = "less";
                if (cpu && ratio.verdict == model::Verdict::slower) verdict = "more";
                table.rows.push_back({fmt::format("{}, {} ÷ {}", quantity, ratio.contender, ratio.baseline),
                                      ratio_text(ratio), std::to_string(ratio.pairs),
                                      ratio_text(ratio.of_valid), std::to_string(ratio.of_valid.pairs),
                                      verdict});
            }
    return table;
}

Table environment_table(const RunReport& run) {
    const model::Environment& environment = run.environment;
    const model::HostFacts& host = environment.host;
    const model::Benchmark& benchmark = run.benchmark;
    Table table{{{"what", Align::left}, {"value", Align::left}}, {}};
    const auto row = [&](std::string what, std::string value) {
        if (!value.empty()) table.rows.push_back({std::move(what), std::move(value)});
    };
    row("started", iso_time(environment.started));
    row("benchmark", fmt::format("{}, workload {}{}", benchmark.name, benchmark.workload,
                                 benchmark.profile.empty() ? "" : ", profile " + benchmark.profile));
    row("load", fmt::format("{} model, windows of {}, timeout {}, {}", name(benchmark.load.model),
                            spoken(benchmark.load.duration), model::limit_text(benchmark.load.timeout),
                            model::counted(run.comparison.blocks, "block")));
    row("host", fmt::format("{}, {}, {} CPUs online{}", host.distribution, host.kernel, host.cpus_online,
                            host.virtualisation ? ", virtualised (" + *host.virtualisation + ")" : ""));
    row("CPU", fmt::format("{}, clock source {}{}", host.cpu_model, host.clock_source,
                           host.cpu_governor ? ", governor " + *host.cpu_governor : ""));
    row("memory", model::mebibytes_text(host.memory_total.mebibytes()));
    row("load average before the run", fmt::format("{:.2f}", host.load_average_1min));
    std::string storage = host.storage.file_system;
    if (host.storage.in_memory) storage += " (in memory: durability costs nothing there)";
    if (host.storage.sync_median)
        storage += ", a 4 KiB write is durable after " + model::duration_text(*host.storage.sync_median) +
                   " (median)";
    row("storage", storage);
    row("limits", environment.limits == "off" ? "**off**" : environment.limits);
    for (const auto& [party, limits] : environment.limits_in_force)
        row("limits in force, " + party, limits_text(limits));
    if (environment.users_separated)
        row("users",
            *environment.users_separated
                ? "each contender and the database have one of their own"
                : "**not separated**: contenders and database run as the user who called joust, and could "
                  "read and change each other's files");
    row("CPU placement", joined(environment.layout_notes, "; "));
    row("database", fmt::format("{} {}, durability {}, data on {}",
                                environment.database.engine == "postgres" ? "PostgreSQL" : "SQLite",
                                environment.database.version, name(benchmark.database.durability),
                                environment.database.data_file_system));
    row("database settings in force", pairs_text(environment.database.settings_in_force));
    row("joust",
        fmt::format("{}{}{}", environment.joust_version,
                    environment.git_commit.empty() ? "" : ", commit " + environment.git_commit.substr(0, 12),
                    environment.git_dirty ? " with local changes" : ""));
    return table;
}

Table architecture_table(const RunReport& run) {
    Table table{{{"", Align::left}}, {}};
    std::vector<const model::ContenderFacts*> contenders;
    for (const std::string& contender : run.benchmark.contenders)
        if (const auto* facts = facts_of(run.environment, contender)) {
            contenders.push_back(facts);
            table.columns.push_back({fmt::format("{} ({})", facts->name, facts->title), Align::left});
        }
    const auto row = [&](const std::string& what,
                         const std::function<std::string(const model::ContenderFacts&)>& value) {
        std::vector<std::string> cells{what};
        for (const model::ContenderFacts* facts : contenders)
            cells.push_back(value(*facts));
        table.rows.push_back(std::move(cells));
    };
    row("language", [](const auto& facts) { return facts.stack.language; });
    row("framework", [](const auto& facts) { return facts.stack.framework; });
    row("server", [](const auto& facts) { return facts.stack.server; });
    row("ORM", [](const auto& facts) { return facts.stack.orm; });
    row("driver", [](const auto& facts) { return facts.stack.driver; });
    row("concurrency", [](const auto& facts) { return facts.stack.concurrency; });
    row("workers × threads",
        [](const auto& facts) { return fmt::format("{} × {}", facts.stack.workers, facts.stack.threads); });
    row("database connections, at most",
        [](const auto& facts) { return std::to_string(facts.stack.db_connections); });
    row("processes", [](const auto& facts) { return std::to_string(facts.stack.processes); });
    row("notes", [](const auto& facts) { return pairs_text(facts.stack.notes); });
    row("versions", [](const auto& facts) { return pairs_text(facts.versions); });
    row("lock file (SHA-256)", [](const auto& facts) { return facts.lock_sha256.substr(0, 16); });
    row("command", [](const auto& facts) { return "`" + joined(facts.command, " ") + "`"; });
    return table;
}

Table throughput_table(const RunReport& run) {
    return per_cell(
        run,
        {{"goodput/s"}, {"throughput/s"}, {"ratio to " + run.comparison.baseline}, {"verdict", Align::left}},
        [&](const Cell& cell) -> std::vector<std::string> {
            const auto* ratio = find_ratio(run.comparison.goodput, cell.contender, cell.level);
            return {estimate_text(cell.goodput_rps), estimate_text(cell.throughput_rps),
                    ratio != nullptr ? ratio_text(*ratio) : "", verdict_text(run.comparison, cell)};
        });
}

Table latency_table(const RunReport& run) {
    return per_cell(run, {{"mean"}, {"p50"}, {"p95"}, {"p99"}, {"p99.9"}, {"max"}},
                    [](const Cell& cell) -> std::vector<std::string> {
                        return {latency_text(cell, "mean"), latency_with_interval(cell, "p50"),
                                latency_text(cell, "p95"),  latency_with_interval(cell, "p99"),
                                latency_text(cell, "p999"), latency_text(cell, "max")};
                    });
}

Table resource_table(const RunReport& run) {
    return per_cell(run,
                    {{"CPU, cores"},
                     {"CPU/op"},
                     {"user"},
                     {"system"},
                     {"database CPU, cores"},
                     {"database CPU/op"},
                     {"generator CPU, cores"},
                     {"memory mean, MiB"},
                     {"memory peak, MiB"},
                     {"context switches/op"},
                     {"throttled"}},
                    [](const Cell& cell) -> std::vector<std::string> {
                        return {model::significant(cell.contender_cpu_cores.value),
                                cpu_text(cell.contender_cpu_us_per_operation),
                                cpu_text(cell.contender_cpu_user_us_per_operation),
                                cpu_text(cell.contender_cpu_system_us_per_operation),
                                model::significant(cell.database_cpu_cores.value),
                                cpu_text(cell.database_cpu_us_per_operation),
                                model::significant(cell.generator_cpu_cores.value),
                                model::significant(cell.contender_memory_mean_mib.value),
                                model::significant(cell.contender_memory_peak_mib),
                                optional_estimate(cell.context_switches_per_operation),
                                cell.throttled_share ? model::percent(cell.throttled_share->value) : "–"};
                    });
}

Table error_table(const RunReport& run) {
    std::vector<Column> columns{{"requests"}, {"error rate"}};
    for (std::size_t i = 0; i < model::k_request_error_kinds; ++i) {
        std::string title(name(static_cast<model::RequestErrorKind>(i)));
        std::replace(title.begin(), title.end(), '_', ' ');
        columns.push_back({std::move(title)});
    }
    columns.push_back({"unfinished"});
    return per_cell(run, columns, [](const Cell& cell) {
        std::vector<std::string> row{std::to_string(cell.requests.started), model::percent(cell.error_rate)};
        for (const std::uint64_t count : cell.errors.count)
            row.push_back(std::to_string(count));
        row.push_back(std::to_string(cell.requests.unfinished));
        return row;
    });
}

}  // namespace joust::report
