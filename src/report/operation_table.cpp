#include "report/operation_table.hpp"

#include "model/wording.hpp"
#include "report/cell_text.hpp"
#include "report/markdown_text.hpp"
#include "report/words/explanations.hpp"
#include "report/words/quantities.hpp"

namespace joust::report {

Table operation_table(const model::Comparison& comparison, bool intervals) {
    const bool closed = comparison.load_model == model::LoadModel::closed;
    Table table{{{closed ? "users" : "rate/s"},
                 {"contender", Align::left},
                 {"operation", Align::left},
                 {"share"},
                 {"errors"}},
                {}};
    for (const model::Quantity quantity : model::k_operation_quantities)
        table.columns.push_back({std::string(words::column_title(quantity))});
    table.columns.push_back({"validity", Align::left});
    for (const model::Cell& cell : comparison.cells)
        for (const model::OperationFigures& one : cell.operations) {
            std::vector<std::string> row{std::to_string(cell.level), cell.entrant, one.name,
                                         model::percent(one.share), model::percent(one.error_rate)};
            for (const model::Quantity quantity : model::k_operation_quantities)
                row.push_back(intervals ? words::figure_with_interval(one.find(quantity), quantity)
                                        : words::figure_text(one.find(quantity), quantity));
            row.push_back(validity_text(cell));
            table.rows.push_back(std::move(row));
        }
    return table;
}

std::string operations_section(const RunReport& run) {
    constexpr std::size_t k_operation = 2;  // the column with its name
    Table table = operation_table(run.comparison, true);
    if (table.rows.empty()) return "";
    for (auto& row : table.rows)
        row[k_operation] = code_span(row[k_operation]);
    return "\n## Operations\n\n" + marked(words::about_operations()) + "\n\n" + table.markdown();
}

}  // namespace joust::report
