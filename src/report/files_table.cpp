#include "report/files_table.hpp"

#include <set>

#include "base/text.hpp"
#include "report/cell_text.hpp"
#include "report/markdown_text.hpp"
#include "report/table.hpp"
#include "report/words/files.hpp"

namespace joust::report {
namespace {

using model::Cell;
using model::ObservedFiles;

// What was declared, by the first trial that has it: a run has one workload.
const ObservedFiles* declared_files(const RunReport& run) {
    for (const model::TrialResult& trial : run.trials)
        if (trial.files && trial.files->declared()) return &*trial.files;
    return nullptr;
}

Table files_table(const RunReport& run, const model::FileEffects& contract) {
    const bool closed = run.benchmark.load.model == model::LoadModel::closed;
    Table table{{{closed ? "users" : "requests/s"},
                 {"contender", Align::left},
                 {"watched"},
                 {"answered rightly"},
                 {"as a whole, at least"}},
                {}};
    std::vector<std::string> first{"", "*contract*", "", "", ""};
    for (const model::FileDeed deed : model::k_file_deeds) {
        table.columns.push_back({std::string(name(deed))});
        first.push_back(std::to_string(model::count(contract, deed)));
    }
    table.columns.push_back({"validity", Align::left});
    first.emplace_back("");
    table.rows.push_back(std::move(first));
    for (const Cell& cell : run.comparison.cells) {
        std::vector<std::string> row{std::to_string(cell.level), cell.entrant};
        if (cell.files && cell.files->contract == contract) {
            const ObservedFiles& files = *cell.files;
            row.push_back(fmt::format("{:.2f} s", seconds(files.watched)));
            row.push_back(std::to_string(files.requests));
            row.push_back(std::to_string(files.requests_least));
            for (const model::FileDeed deed : model::k_file_deeds)
                row.push_back(words::files_per_request(files, deed));
        }
        row.resize(table.columns.size() - 1, "–");
        row.push_back(validity_text(cell));
        table.rows.push_back(std::move(row));
    }
    return table;
}

// Why some trials are not in the table, or prove less, each reason once.
std::string files_reasons(const RunReport& run) {
    std::set<std::string> told;
    std::string text;
    for (const model::TrialResult& trial : run.trials) {
        if (!trial.files) continue;
        const auto why = words::files_left(trial.plan.entrant, *trial.files);
        if (why && told.insert(*why).second) text += "\n- " + marked(words::Prose(*why)) + "\n";
    }
    return text;
}

}  // namespace

std::string files_part(const RunReport& run) {
    const ObservedFiles* const contract = declared_files(run);
    if (contract == nullptr) return "";
    return marked(words::about_files()) + "\n\n" + files_table(run, contract->contract).markdown() +
           files_reasons(run);
}

}  // namespace joust::report
