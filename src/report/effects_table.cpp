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
#include "report/words/single_requests.hpp"

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
                return {{words::proof_trials_text(cell.durability)}};
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

// Of single requests, which were sent before anything was measured: the same for all levels.
std::vector<Group> single_groups(const RunReport& run) {
    const auto some = [&](auto part) {
        return std::any_of(run.comparison.cells.begin(), run.comparison.cells.end(), [&](const Cell& cell) {
            return cell.single_requests && (*cell.single_requests.*part).has_value();
        });
    };
    std::vector<Group> groups;
    if (some(&model::SingleRequests::slow_commits))
        groups.push_back({{{"one by one durable before the answer", Align::left}},
                          {"all"},
                          [](const Cell& cell) -> std::optional<std::vector<std::string>> {
                              if (!cell.single_requests || !cell.single_requests->slow_commits)
                                  return std::nullopt;
                              return {{words::slow_commits_text(*cell.single_requests->slow_commits)}};
                          }});
    if (some(&model::SingleRequests::rows))
        groups.push_back({{{"one by one as the contract", Align::left}},
                          {"all"},
                          [](const Cell& cell) -> std::optional<std::vector<std::string>> {
                              if (!cell.single_requests || !cell.single_requests->rows) return std::nullopt;
                              return {{words::one_by_one_text(*cell.single_requests->rows)}};
                          }});
    if (some(&model::SingleRequests::syncs))
        groups.push_back({{{"one by one synced before the answer", Align::left}},
                          {"all"},
                          [](const Cell& cell) -> std::optional<std::vector<std::string>> {
                              if (!cell.single_requests || !cell.single_requests->syncs) return std::nullopt;
                              return {{words::synced_text(*cell.single_requests->syncs)}};
                          }});
    return groups;
}

Group proof_group() {
    return {
        {{"effects", Align::left}}, {""}, [](const Cell& cell) -> std::optional<std::vector<std::string>> {
            return {{words::proof_trials_text(cell.proofs)}};
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

// Each reason once, as a bullet.
class Reasons {
public:
    void add(const std::string& reason) {
        if (told_.insert(reason).second) text_ += "\n- " + marked(reason) + "\n";
    }
    [[nodiscard]] const std::string& text() const { return text_; }

private:
    std::set<std::string> told_;
    std::string text_;
};

// Why some trials are not in the table.
std::string reasons(const RunReport& run) {
    Reasons all;
    for (const model::TrialResult& trial : run.trials)
        if (trial.effects && !trial.effects->not_read.empty())
            all.add(words::plain(words::log_not_read(trial.plan.entrant, trial.effects->not_read)));
    return all.text();
}

// Why effects are open in the table.
std::string open_reasons(const RunReport& run) {
    Reasons all;
    for (const Cell& cell : run.comparison.cells)
        for (const model::NotEvaluated& left : cell.judgement.not_evaluated)
            if (left.rule == model::Rule::effects && cell.proofs.open > 0)
                all.add(fmt::format("Open in trials of {}: {}", cell.entrant, words::effects_left(left)));
    return all.text();
}

// Of the database: what was counted in its log, and what requests left by their ids.
std::string database_part(const RunReport& run, bool files_declared) {
    const ObservedEffects* const contract = declared(run);
    const model::Audit* const audit = audited(run);
    const auto& cells = run.comparison.cells;
    const bool synced =
        std::any_of(cells.begin(), cells.end(), [](const Cell& cell) { return cell.durability.total() > 0; });
    const bool by_counters = run.benchmark.database.engine == model::DatabaseEngine::sqlite;
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
    if (auto single = single_groups(run); !single.empty()) {
        groups.insert(groups.end(), single.begin(), single.end());
        about += marked(words::about_single_requests(by_counters)) + "\n\n";
    }
    if (!groups.empty()) {
        groups.push_back(proof_group());
        about += marked(words::about_proofs()) + "\n\n";
    }
    const std::string why = reasons(run);
    if (!groups.empty()) return about + table_of(run, groups).markdown() + why + open_reasons(run);
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
