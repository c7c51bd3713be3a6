#include "report/effects_table.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <set>

#include "report/cell_text.hpp"
#include "report/files_table.hpp"
#include "report/markdown_text.hpp"
#include "report/table.hpp"
#include "report/words/effects.hpp"
#include "report/words/explanations.hpp"

namespace joust::report {
namespace {

using model::Cell;
using model::ObservedEffects;
using model::RowEffects;

// What was declared, by the first cell that has it: a run has one workload.
const ObservedEffects* declared(const RunReport& run) {
    for (const Cell& cell : run.comparison.cells)
        if (cell.effects && cell.effects->declared()) return &*cell.effects;
    return nullptr;
}

// Rows of a table that were inserted, updated and deleted, where that is known.
std::array<std::optional<std::int64_t>, 3> changed(const ObservedEffects& effects, const std::string& table) {
    if (effects.counters) {
        const auto found = effects.counters->inserted.find(table);
        if (found == effects.counters->inserted.end()) return {};
        return {found->second, std::nullopt, std::nullopt};
    }
    const auto found = effects.rows.find(table);
    const RowEffects rows = found == effects.rows.end() ? RowEffects{} : found->second;
    return {rows.inserted, rows.updated, rows.deleted};
}

Table table_of(const RunReport& run, const ObservedEffects& contract) {
    const bool closed = run.benchmark.load.model == model::LoadModel::closed;
    Table table{{{closed ? "users" : "requests/s"},
                 {"contender", Align::left},
                 {"answered rightly"},
                 {"transactions"}},
                {}};
    std::vector<std::string> first{"", "*contract*", "",
                                   contract.transactions == 0 ? "–" : std::to_string(contract.transactions)};
    for (const auto& [name, rows] : contract.contract) {
        for (const char* did : {"inserted", "updated", "deleted"})
            table.columns.push_back({code_span(name) + " " + did});
        for (const std::int64_t count : {rows.inserted, rows.updated, rows.deleted})
            first.push_back(std::to_string(count));
    }
    table.columns.push_back({"rolled back"});
    table.columns.push_back({"validity", Align::left});
    first.insert(first.end(), {"", ""});
    table.rows.push_back(std::move(first));
    for (const Cell& cell : run.comparison.cells) {
        std::vector<std::string> row{std::to_string(cell.level), cell.entrant};
        const bool counted = cell.effects && cell.effects->contract == contract.contract;
        if (counted) {
            const ObservedEffects& effects = *cell.effects;
            row.push_back(std::to_string(effects.acknowledged));
            row.push_back(
                words::per_request(static_cast<std::int64_t>(effects.commits()), effects.acknowledged));
            for (const auto& [name, unused] : contract.contract)
                for (const std::optional<std::int64_t> count : changed(effects, name))
                    row.push_back(count ? words::per_request(*count, effects.acknowledged) : "–");
            row.push_back(effects.counters ? "–" : std::to_string(effects.rolled_back));
        }
        row.resize(table.columns.size() - 1, "–");
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

}  // namespace

std::string effects_section(const RunReport& run) {
    const bool known = std::any_of(run.trials.begin(), run.trials.end(),
                                   [](const model::TrialResult& trial) { return trial.effects.has_value(); });
    const std::string files = files_part(run);
    if (!known && files.empty()) return "";
    const std::string heading = "\n## Effects\n\n";
    if (!known) return heading + files;
    const std::string after = files.empty() ? "" : "\n" + files;
    const ObservedEffects* const contract = declared(run);
    const std::string why = reasons(run);
    if (contract == nullptr)
        return heading + (why.empty() ? marked(words::effects_not_declared()) + "\n" : why.substr(1)) + after;
    return heading + marked(words::about_effects(contract->counters.has_value())) + "\n\n" +
           table_of(run, *contract).markdown() + why + after;
}

}  // namespace joust::report
