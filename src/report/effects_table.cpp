#include "report/effects_table.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <optional>
#include <set>

#include "report/cell_text.hpp"
#include "report/files_table.hpp"
#include "report/markdown_text.hpp"
#include "report/table.hpp"
#include "report/words/effects.hpp"
#include "report/words/explanations.hpp"
#include "report/words/files.hpp"
#include "report/words/proofs.hpp"

namespace joust::report {
namespace {

using model::Cell;
using model::ObservedEffects;
using model::RowEffects;

/// Some columns that belong together: their titles, what the contract says in each, and what a cell does.
/// Where nothing of it was observed, the cell has none.
struct Group {
    std::vector<Column> columns;
    std::vector<std::string> contract;
    std::function<std::optional<std::vector<std::string>>(const Cell&)> observed;
};

// What was declared, by the first cell that has it: a run has one workload.
const ObservedEffects* declared(const RunReport& run) {
    for (const Cell& cell : run.comparison.cells)
        if (cell.effects && cell.effects->declared()) return &*cell.effects;
    return nullptr;
}

const model::Audit* audited(const RunReport& run) {
    for (const Cell& cell : run.comparison.cells)
        if (cell.audit) return &*cell.audit;
    return nullptr;
}

std::vector<std::string> observed_in_log(const ObservedEffects& effects) {
    std::vector<std::string> row{
        std::to_string(effects.acknowledged),
        words::per_request(static_cast<std::int64_t>(effects.commits()), effects.acknowledged)};
    for (const auto& [name, unused] : effects.contract) {
        for (const std::optional<std::int64_t> count : changed_rows(effects, name))
            row.push_back(count ? words::per_request(*count, effects.acknowledged) : "–");
    }
    row.push_back(effects.counters ? "–" : std::to_string(effects.rolled_back));
    return row;
}

Group log_group(const ObservedEffects& contract) {
    Group group{{{"answered rightly"}, {"transactions"}},
                {"", contract.transactions == 0 ? "–" : std::to_string(contract.transactions)},
                [&contract](const Cell& cell) -> std::optional<std::vector<std::string>> {
                    if (!cell.effects || cell.effects->contract != contract.contract) return std::nullopt;
                    return observed_in_log(*cell.effects);
                }};
    for (const auto& [name, rows] : contract.contract) {
        for (const char* did : {"inserted", "updated", "deleted"})
            group.columns.push_back({code_span(name) + " " + did});
        for (const std::int64_t count : {rows.inserted, rows.updated, rows.deleted})
            group.contract.push_back(std::to_string(count));
    }
    group.columns.push_back({"rolled back"});
    group.contract.emplace_back("");
    return group;
}

Group durability_group(const model::Benchmark& benchmark) {
    return {{{"durable when answered", Align::left}},
            {std::string(name(benchmark.database.durability))},
            [](const Cell& cell) -> std::optional<std::vector<std::string>> {
                return {{words::durability_text(cell.durability)}};
            }};
}

Group audit_group(const model::Audit& contract) {
    return {
        {{code_span(contract.table) + " left as declared"}, {"not so", Align::left}},
        {words::rows_left_each(contract), "none"},
        [](const Cell& cell) -> std::optional<std::vector<std::string>> {
            if (!cell.audit) return std::nullopt;
            return {{words::audited_right(*cell.audit), markdown_text(words::audited_wrong(*cell.audit))}};
        }};
}

Table table_of(const RunReport& run, const std::vector<Group>& groups) {
    const bool closed = run.benchmark.load.model == model::LoadModel::closed;
    Table table{{{closed ? "users" : "requests/s"}, {"contender", Align::left}}, {}};
    std::vector<std::string> first{"", "*contract*"};
    for (const Group& group : groups) {
        table.columns.insert(table.columns.end(), group.columns.begin(), group.columns.end());
        first.insert(first.end(), group.contract.begin(), group.contract.end());
    }
    table.columns.push_back({"validity", Align::left});
    first.emplace_back("");
    table.rows.push_back(std::move(first));
    for (const Cell& cell : run.comparison.cells) {
        std::vector<std::string> row{std::to_string(cell.level), cell.entrant};
        for (const Group& group : groups) {
            const auto observed = group.observed(cell);
            const auto shown = observed.value_or(std::vector<std::string>(group.columns.size(), "–"));
            row.insert(row.end(), shown.begin(), shown.end());
        }
        row.push_back(validity_text(cell));
        table.rows.push_back(std::move(row));
    }
    return table;
}

// Why some trials are not in the table, each reason once.
std::string reasons(const RunReport& run) {
    std::set<std::string> told;
    std::string text;
    for (const model::TrialResult& trial : run.trials)
        if (trial.effects && !trial.effects->not_read.empty() && told.insert(trial.effects->not_read).second)
            text += "\n- " + marked(words::log_not_read(trial.plan.entrant, trial.effects->not_read)) + "\n";
    return text;
}

// Of the database: what was counted in its log, and what requests left by their ids.
std::string database_part(const RunReport& run, bool files_declared) {
    const ObservedEffects* const contract = declared(run);
    const model::Audit* const audit = audited(run);
    const auto& cells = run.comparison.cells;
    const bool synced =
        std::any_of(cells.begin(), cells.end(), [](const Cell& cell) { return cell.durability.total() > 0; });
    std::string about;
    std::vector<Group> groups;
    if (contract != nullptr) {
        groups.push_back(log_group(*contract));
        about += marked(words::about_effects(contract->counters.has_value())) + "\n\n";
    }
    if (synced) {
        groups.push_back(durability_group(run.benchmark));
        about += marked(words::about_durability()) + "\n\n";
    }
    if (audit != nullptr) {
        groups.push_back(audit_group(*audit));
        about += marked(words::about_audit(*audit)) + "\n\n";
    }
    const std::string why = reasons(run);
    if (!groups.empty()) return about + table_of(run, groups).markdown() + why;
    if (!why.empty()) return why.substr(1);
    const bool undeclared =
        std::any_of(run.trials.begin(), run.trials.end(),
                    [](const model::TrialResult& trial) { return trial.effects.has_value(); });
    if (!undeclared) return "";
    return marked(files_declared ? words::files_alone_declared() : words::effects_not_declared()) + "\n";
}

}  // namespace

std::array<std::optional<std::int64_t>, 3> changed_rows(const ObservedEffects& effects,
                                                        const std::string& table) {
    if (effects.counters) {
        const auto found = effects.counters->inserted.find(table);
        if (found == effects.counters->inserted.end()) return {};
        return {found->second, std::nullopt, std::nullopt};
    }
    const auto found = effects.rows.find(table);
    const RowEffects rows = found == effects.rows.end() ? RowEffects{} : found->second;
    return {rows.inserted, rows.updated, rows.deleted};
}

std::string effects_section(const RunReport& run) {
    const std::string files = files_part(run);
    const std::string database = database_part(run, !files.empty());
    if (database.empty() && files.empty()) return "";
    return "\n## Effects\n\n" + database + (database.empty() || files.empty() ? "" : "\n") + files;
}

}  // namespace joust::report
