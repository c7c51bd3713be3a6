#include "report/markdown_tables.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <functional>

#include "base/secrets.hpp"
#include "base/text.hpp"
#include "model/measuring_time.hpp"
#include "model/wording.hpp"
#include "report/cell_text.hpp"
#include "report/environment_facts.hpp"
#include "report/markdown_text.hpp"
#include "report/words/explanations.hpp"
#include "report/words/quantities.hpp"

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
        std::vector<std::string> row{std::to_string(cell.level), cell.entrant};
        for (std::string& text : rest(cell))
            row.push_back(std::move(text));
        row.push_back(validity_text(cell));
        table.rows.push_back(std::move(row));
    }
    return table;
}

std::vector<Column> columns_of(words::Section section) {
    std::vector<Column> columns;
    for (const words::QuantityColumn& column : words::quantity_columns())
        if (column.section == section) columns.push_back({std::string(column.title)});
    return columns;
}

std::vector<std::string> figures_of(words::Section section, const Cell& cell) {
    std::vector<std::string> row;
    for (const words::QuantityColumn& column : words::quantity_columns())
        if (column.section == section)
            row.push_back(column.interval ? words::figure_with_interval(cell, column.quantity)
                                          : words::figure_text(cell, column.quantity));
    return row;
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

// With the interpreter's version, where the environment has one.
std::string language_text(const model::ContenderFacts& facts) {
    std::string name = facts.stack.language;
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
    const auto version = facts.versions.find(name);
    return version == facts.versions.end() ? facts.stack.language
                                           : facts.stack.language + " " + version->second;
}

// One quantity is faster, of another there is less.
std::string compared_verdict(const model::PairedRatio& ratio) {
    const words::ComparedWords& said = words::compared_words(ratio.quantity);
    if (ratio.verdict == model::Verdict::faster) return std::string(said.faster);
    if (ratio.verdict == model::Verdict::slower) return std::string(said.slower);
    return verdict_words(ratio);
}

// What the time of the measurement leaves out of a run that was interrupted.
std::string between_parts(const RunReport& run) {
    const Nanoseconds between = model::interruptions(run.trials);
    return between > Nanoseconds{0} ? fmt::format(", without the {} between the run's parts", spoken(between))
                                    : "";
}

std::string confidence_text(const model::PairedRatio& ratio) {
    return ratio.low ? fmt::format("{:.4g} %", 100 * ratio.confidence) : "–";
}

}  // namespace

Table ratio_table(const RunReport& run) {
    Table table{{{"levels together", Align::left},
                 {"ratio [interval]"},
                 {"confidence"},
                 {"pairs"},
                 {"without doubt"},
                 {"pairs"},
                 {"verdict", Align::left}},
                {}};
    for (const model::PairedRatio& ratio : run.comparison.ratios) {
        if (ratio.level || ratio.entrant == run.comparison.again) continue;
        const words::ComparedWords& said = words::compared_words(ratio.quantity);
        const std::string_view where = ratio.left_out.only_bounds() > 0 ? ", where both are known"
                                       : ratio.some_invalid || ratio.invalid_levels > 0
                                           ? ", where neither is invalid"
                                           : "";
        table.rows.push_back({fmt::format("{}, {} ÷ {}{}", said.title, ratio.entrant, ratio.baseline, where),
                              ratio_text(ratio), confidence_text(ratio), std::to_string(ratio.pairs),
                              ratio_text(ratio.without_doubt), std::to_string(ratio.without_doubt.pairs),
                              compared_verdict(ratio)});
    }
    return table;
}

Table level_ratio_table(const RunReport& run) {
    const bool closed = run.benchmark.load.model == model::LoadModel::closed;
    Table table{{{closed ? "users" : "requests/s"},
                 {"goodput", Align::left},
                 {"ratio [interval]"},
                 {"confidence"},
                 {"among all levels"},
                 {"p"},
                 {"pairs"},
                 {"verdict", Align::left}},
                {}};
    for (const model::PairedRatio& ratio : run.comparison.ratios) {
        if (!ratio.level || ratio.quantity != model::Quantity::goodput ||
            ratio.entrant == run.comparison.again)
            continue;
        const auto& among = ratio.among_levels;
        const model::RatioEstimate of_family{ratio.pairs, ratio.ratio, among ? among->low : std::nullopt,
                                             among ? among->high : std::nullopt};
        table.rows.push_back(
            {std::to_string(*ratio.level), fmt::format("{} ÷ {}", ratio.entrant, ratio.baseline),
             ratio_text(ratio), confidence_text(ratio), among ? ratio_text(of_family) : "–",
             among ? fmt::format("{:.2g}", among->p_value) : "–", std::to_string(ratio.pairs),
             ratio.descriptive && ratio.verdict != model::Verdict::invalid ? "descriptive"
                                                                           : compared_verdict(ratio)});
    }
    return table;
}

Table environment_table(const RunReport& run) {
    const model::Environment& environment = run.environment;
    const model::HostFacts& host = environment.host;
    const model::Benchmark& benchmark = run.benchmark;
    Table table{{{"what", Align::left}, {"value", Align::left}}, {}};
    const auto row = [&](std::string what, const std::string& value) {
        if (!value.empty()) table.rows.push_back({std::move(what), markdown_text(value)});
    };
    row("started", iso_time(environment.started));
    row("benchmark", fmt::format("{}, workload {}{}", benchmark.name, benchmark.workload,
                                 benchmark.profile.empty() ? "" : ", profile " + benchmark.profile));
    row("load",
        fmt::format("{} model, windows of {}, timeout {}, {}", name(benchmark.load.model),
                    spoken_exactly(benchmark.load.duration), model::limit_text(benchmark.load.timeout),
                    blocks_text(benchmark, run.comparison)));
    if (const auto share = model::measured_share(run.trials))
        row("measured windows",
            fmt::format("{} of the {} from the first trial's start to the last one's end{}",
                        model::percent(*share), spoken(*model::measuring_time(run.trials)),
                        between_parts(run)));
    if (!environment.resumed.empty())
        row("gone on with after an interruption",
            model::counted(static_cast<std::int64_t>(environment.resumed.size()), "time"));
    row("host", fmt::format("{}, {}, {} CPUs online{}", host.distribution, host.kernel, host.cpus_online,
                            host.virtualisation ? ", virtualised (" + *host.virtualisation + ")" : ""));
    row("CPU", fmt::format("{}, clock source {}{}", host.cpu_model, host.clock_source,
                           host.cpu_governor ? ", governor " + *host.cpu_governor : ""));
    row("memory", model::mebibytes_text(host.memory_total.mebibytes()));
    row("load average before the run", fmt::format("{:.2f}", host.load_average_1min));
    std::string storage = host.storage.file_system;
    if (host.storage.in_memory) storage += " (in memory: durability costs nothing there)";
    if (host.storage.journal == false)
        storage +=
            " without a journal (it makes a file by passing over all that were deleted in the last "
            "minute, so a contender pays for what it deletes)";
    if (host.storage.sync_median)
        storage += ", a 4 KiB write is durable after " + model::duration_text(*host.storage.sync_median) +
                   " (median)";
    row("storage", storage);
    table.rows.push_back({"limits", environment.limits == model::LimitsBy::off
                                        ? std::string("**off**")
                                        : std::string(name(environment.limits))});
    for (const auto& [party, limits] : environment.limits_in_force)
        row("limits in force, " + markdown_text(party), limits_text(limits));
    if (environment.users_separated)
        table.rows.push_back(
            {"users", marked(words::about_users(*environment.users_separated, benchmark.database.engine))});
    if (environment.engine)
        row("Docker engine",
            fmt::format("{}, storage {}, cgroups by {}; database {}", environment.engine->version,
                        environment.engine->storage_driver, environment.engine->cgroup_driver,
                        benchmark.runtime == model::RuntimeKind::docker ? "in a container" : "as a process"));
    row("CPU placement", joined(environment.layout_notes, " "));
    row("database",
        fmt::format("{} {}, durability {}, data on {}",
                    environment.database.engine == model::DatabaseEngine::postgres ? "PostgreSQL" : "SQLite",
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
    for (const std::string& contender : labels(run.benchmark))
        if (const auto* facts = facts_of(run.environment, contender)) {
            contenders.push_back(facts);
            table.columns.push_back(
                {fmt::format("{} ({})", facts->name, markdown_text(facts->title)), Align::left});
        }
    const auto entrant = [&](const model::ContenderFacts& facts) -> const model::Entrant& {
        const auto& all = run.benchmark.entrants;
        return *std::find_if(all.begin(), all.end(),
                             [&](const auto& one) { return one.label == facts.name; });
    };
    const auto any = [&](bool (*is)(const model::Entrant&)) {
        return std::any_of(contenders.begin(), contenders.end(),
                           [&](const model::ContenderFacts* facts) { return is(entrant(*facts)); });
    };
    using Value = std::function<std::string(const model::ContenderFacts&)>;
    const auto row = [&](const std::string& what, const Value& value) {
        std::vector<std::string> cells{what};
        for (const model::ContenderFacts* facts : contenders)
            cells.push_back(markdown_text(value(*facts)));
        table.rows.push_back(std::move(cells));
    };
    // What sets entrants apart from their contenders as those stand, and from each other.
    if (any([](const model::Entrant& one) { return one.label != one.contender; }))
        row("contender", [&](const auto& facts) { return entrant(facts).contender; });
    if (any([](const model::Entrant& one) { return !one.variant.settings.empty(); }))
        row("environment of its own", [&](const auto& facts) {
            const auto& settings = entrant(facts).variant.settings;
            return settings.empty() ? "none" : pairs_text(masked_values(settings));
        });
    row("language", language_text);
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
    if (run.environment.engine) {
        row("runtime", [](const auto& facts) { return std::string(name(facts.runtime)); });
        row("image",
            [](const auto& facts) { return facts.image.substr(0, std::string("sha256:").size() + 12); });
    }
    row("lock file (SHA-256)", [](const auto& facts) { return facts.lock_sha256.substr(0, 16); });
    std::vector<std::string> commands{"command"};
    for (const model::ContenderFacts* facts : contenders)
        commands.push_back(code_span(joined(facts->command, " ")));
    table.rows.push_back(std::move(commands));
    return table;
}

Table throughput_table(const RunReport& run) {
    std::vector<Column> columns = columns_of(words::Section::throughput);
    columns.push_back({"ratio to " + run.comparison.baseline});
    columns.push_back({"verdict", Align::left});
    return per_cell(run, columns, [&](const Cell& cell) {
        std::vector<std::string> row = figures_of(words::Section::throughput, cell);
        const auto* ratio = run.comparison.ratio(model::Quantity::goodput, cell.entrant, cell.level);
        row.push_back(ratio != nullptr ? ratio_text(*ratio) : "");
        row.push_back(verdict_text(run.comparison, cell));
        return row;
    });
}

Table latency_table(const RunReport& run) {
    return per_cell(run, columns_of(words::Section::latency),
                    [](const Cell& cell) { return figures_of(words::Section::latency, cell); });
}

Table resource_table(const RunReport& run) {
    return per_cell(run, columns_of(words::Section::resources),
                    [](const Cell& cell) { return figures_of(words::Section::resources, cell); });
}

namespace {

// Of the section those columns whose figure some cell knows; without a row where there is none.
Table table_of_known(const RunReport& run, words::Section section) {
    std::vector<words::QuantityColumn> known;
    for (const words::QuantityColumn& column : words::quantity_columns()) {
        const bool some =
            std::any_of(run.comparison.cells.begin(), run.comparison.cells.end(),
                        [&](const Cell& cell) { return cell.find(column.quantity) != nullptr; });
        if (column.section == section && some) known.push_back(column);
    }
    if (known.empty()) return {};
    std::vector<Column> columns;
    for (const words::QuantityColumn& column : known)
        columns.push_back({std::string(column.title)});
    return per_cell(run, columns, [&](const Cell& cell) {
        std::vector<std::string> row;
        for (const words::QuantityColumn& column : known)
            row.push_back(words::figure_text(cell, column.quantity));
        return row;
    });
}

}  // namespace

Table session_table(const RunReport& run) {
    return table_of_known(run, words::Section::sessions);
}

Table work_table(const RunReport& run) {
    Table table = table_of_known(run, words::Section::work);
    if (table.rows.empty()) return table;
    std::vector<std::optional<double>> statements;
    for (const Cell& cell : run.comparison.cells)
        statements.push_back(statements_per_request(run.environment, cell.entrant));
    if (std::none_of(statements.begin(), statements.end(), [](const auto& known) { return known; }))
        return table;
    constexpr std::ptrdiff_t k_after_contender = 2;
    table.columns.insert(table.columns.begin() + k_after_contender, {"statements"});
    for (std::size_t i = 0; i < table.rows.size(); ++i)
        table.rows[i].insert(table.rows[i].begin() + k_after_contender,
                             statements[i] ? model::significant(*statements[i]) : "–");
    return table;
}

Table error_table(const RunReport& run) {
    std::vector<Column> columns{{"requests"}};
    for (Column& column : columns_of(words::Section::errors))
        columns.push_back(std::move(column));
    for (std::size_t i = 0; i < model::k_request_error_kinds; ++i) {
        std::string title(name(static_cast<model::RequestErrorKind>(i)));
        std::replace(title.begin(), title.end(), '_', ' ');
        columns.push_back({std::move(title)});
    }
    columns.push_back({"unfinished"});
    columns.push_back({"answers by status"});
    return per_cell(run, columns, [](const Cell& cell) {
        std::vector<std::string> row{std::to_string(cell.requests.started)};
        for (std::string& figure : figures_of(words::Section::errors, cell))
            row.push_back(std::move(figure));
        for (const std::uint64_t count : cell.errors.count)
            row.push_back(std::to_string(count));
        row.push_back(std::to_string(cell.requests.unfinished));
        row.push_back(cell.statuses.empty() ? "–" : model::statuses_text(cell.statuses));
        return row;
    });
}

}  // namespace joust::report
