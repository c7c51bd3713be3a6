#include "report/summary_text.hpp"

#include "base/text.hpp"
#include "model/wording.hpp"
#include "report/cell_text.hpp"
#include "report/table.hpp"

namespace joust::report {
namespace {

constexpr std::size_t k_width = 100;

std::string conditions_line(const model::Benchmark& benchmark, const model::Comparison& comparison) {
    const double cpus = benchmark.contender_limits.cpus;
    return fmt::format("{} · {:g} CPU{}, {} each · {} · {} × {} per level", benchmark.title, cpus,
                       cpus == 1 ? "" : "s",
                       model::mebibytes_text(benchmark.contender_limits.memory.mebibytes()),
                       benchmark.database.engine == model::DatabaseEngine::postgres ? "PostgreSQL" : "SQLite",
                       model::counted(comparison.blocks, "block"), spoken(benchmark.load.duration));
}

std::string painted(const Paint& paint, std::optional<model::Verdict> verdict, const std::string& text) {
    return paint && verdict ? paint(*verdict, text) : text;
}

// The verdict is the last column, so that colour codes in it do not spoil the alignment.
Table table(const model::Comparison& comparison, const Paint& paint) {
    const bool several = comparison.contenders.size() > 1;
    Table table{{{comparison.load_model == model::LoadModel::closed ? "users" : "rate/s"},
                 {"contender", Align::left},
                 {"goodput/s"},
                 {"p50"},
                 {"p99"},
                 {"errors"},
                 {"CPU/op"}},
                {}};
    if (several) table.columns.push_back({"goodput ratio", Align::left});
    table.columns.push_back({several ? "verdict" : "validity", Align::left});
    std::optional<std::int64_t> previous;
    for (const model::Cell& cell : comparison.cells) {
        const model::PairedRatio* ratio = find_ratio(comparison.goodput, cell.contender, cell.level);
        table.rows.push_back({previous == cell.level ? "" : std::to_string(cell.level), cell.contender,
                              model::significant(cell.goodput_rps.value), latency_text(cell, "p50"),
                              latency_text(cell, "p99"), model::percent(cell.error_rate),
                              cpu_text(cell.contender_cpu_us_per_operation)});
        if (several) table.rows.back().push_back(ratio != nullptr ? ratio_text(*ratio) : "");
        std::string verdict = painted(paint, verdict_of(comparison, cell), verdict_text(comparison, cell));
        if (cell.judgement.validity == model::Validity::suspect)
            verdict += " (suspect: " + short_reason(cell) + ")";
        table.rows.back().push_back(std::move(verdict));
        previous = cell.level;
    }
    for (const model::PairedRatio& ratio : comparison.goodput)
        if (!ratio.level)
            table.rows.push_back({"all", ratio.contender, "", "", "", "", "", ratio_text(ratio),
                                  painted(paint, ratio.verdict, std::string(name(ratio.verdict)))});
    return table;
}

}  // namespace

std::string wrapped(std::string_view text, std::size_t width, std::string_view indent) {
    std::string result;
    std::size_t used = 0;
    for (const std::string_view word : split(text, ' ')) {
        const std::size_t length = display_width(word);
        if (used > 0 && used + 1 + length > width) {
            result += '\n';
            result += indent;
            used = display_width(indent);
        } else if (used > 0) {
            result += ' ';
            ++used;
        }
        result += word;
        used += length;
    }
    return result;
}

std::string summary_text(const model::Benchmark& benchmark, const model::Comparison& comparison,
                         const Paint& paint) {
    std::string text = wrapped(conditions_line(benchmark, comparison), k_width) + "\n\n";
    if (!comparison.cells.empty()) text += table(comparison, paint).plain() + '\n';
    text += wrapped(comparison.headline, k_width) + '\n';
    for (const std::string& warning : comparison.warnings)
        text += wrapped("Note: " + warning, k_width, "      ") + '\n';
    return text;
}

}  // namespace joust::report
