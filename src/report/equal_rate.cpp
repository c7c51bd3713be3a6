#include "report/equal_rate.hpp"

#include <algorithm>

#include "report/cell_text.hpp"
#include "report/markdown_text.hpp"
#include "report/words/equal_rate.hpp"
#include "report/words/quantities.hpp"

namespace joust::report {
namespace {

using model::Quantity;

constexpr std::array k_figures{Quantity::goodput,           Quantity::response_time_p50,
                               Quantity::response_time_p99, Quantity::response_time_p999,
                               Quantity::cpu_per_operation, Quantity::database_cpu_per_operation};

// With a mark where a rule doubts the quantity in some pair.
std::string marked_ratio(const model::PairedRatio& ratio) {
    return ratio_text(ratio) + (ratio.ratio && ratio.doubt != model::Doubt::none ? " ?" : "");
}

}  // namespace

Table equal_rate_table(const model::EqualRate& found) {
    Table table{{{"contender", Align::left}}, {}};
    for (const Quantity quantity : k_figures)
        table.columns.push_back({std::string(words::column_title(quantity))});
    for (const Quantity quantity : model::k_equal_rate_quantities)
        table.columns.push_back({fmt::format("ratio of {}", words::compared_words(quantity).label)});
    table.columns.push_back({"validity", Align::left});
    for (const model::Cell& cell : found.cells) {
        std::vector<std::string> row{cell.entrant};
        for (const Quantity quantity : k_figures)
            row.push_back(words::figure_text(cell, quantity));
        for (const Quantity quantity : model::k_equal_rate_quantities) {
            const auto ratio = std::find_if(found.ratios.begin(), found.ratios.end(), [&](const auto& one) {
                return one.quantity == quantity && one.entrant == cell.entrant;
            });
            row.push_back(ratio == found.ratios.end() ? "" : marked_ratio(*ratio));
        }
        row.push_back(validity_text(cell));
        table.rows.push_back(std::move(row));
    }
    return table;
}

std::string equal_rate_section(const RunReport& run) {
    const auto& found = run.comparison.equal_rate;
    const auto& why_not = run.comparison.no_equal_rate;
    if (!found && why_not)
        return "\n## At an equal rate\n\n" + marked(words::about_no_equal_rate(*why_not)) + "\n";
    if (!found) return "";
    std::string text = "\n## At an equal rate\n\n" + marked(words::about_equal_rate(*found)) + "\n\n" +
                       equal_rate_table(*found).markdown();
    for (const std::string& sentence : words::equal_rate_findings(*found))
        text += "\n- " + marked(words::Prose(sentence));
    return text + "\n";
}

}  // namespace joust::report
