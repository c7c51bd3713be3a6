#include "report/summary_text.hpp"

#include <algorithm>
#include <map>

#include "base/text.hpp"
#include "base/text_width.hpp"
#include "model/wording.hpp"
#include "report/cell_text.hpp"
#include "report/table.hpp"
#include "report/words/equal_rate.hpp"
#include "report/words/lint.hpp"
#include "report/words/quantities.hpp"
#include "report/words/verdicts.hpp"

namespace joust::report {
namespace {

using model::Quantity;

constexpr std::size_t k_width = 100;

std::string painted(const Paint& paint, std::optional<model::Verdict> verdict, const std::string& text) {
    return paint && verdict ? paint(*verdict, text) : text;
}

constexpr std::size_t k_ratio_width = 19;  // "1.36 [1.32, 1.41]" and two blanks

std::string beside_verdict(const std::string& ratio) {
    return ratio + std::string(k_ratio_width - std::min(k_ratio_width, display_width(ratio)), ' ');
}

// Ratio and verdict; the verdict ends the line, so that colour codes in it do not spoil the alignment.
std::string last_column(const model::Comparison& comparison, const model::Cell& cell, const Paint& paint) {
    const model::PairedRatio* ratio = comparison.ratio(Quantity::goodput, cell.entrant, cell.level);
    std::string text = ratio != nullptr && ratio->ratio ? beside_verdict(ratio_text(*ratio)) : "";
    text += painted(paint, verdict_of(comparison, cell), verdict_text(comparison, cell));
    if (cell.judgement.validity == model::Validity::suspect) text += " ?";
    return text;
}

Table table(const model::Comparison& comparison, const Paint& paint) {
    const bool several = comparison.entrants.size() > 1;
    const bool closed = comparison.load_model == model::LoadModel::closed;
    Table table{{{closed ? "users" : "rate/s"},
                 {"contender", Align::left},
                 {"goodput/s"},
                 {"p99"},
                 {"errors"},
                 {"CPU/op"},
                 {several ? "goodput ÷ " + comparison.baseline : "validity", Align::left}},
                {}};
    std::optional<std::int64_t> previous;
    for (const model::Cell& cell : comparison.cells) {
        table.rows.push_back({previous == cell.level ? "" : std::to_string(cell.level), cell.entrant,
                              words::figure_text(cell, Quantity::goodput),
                              words::figure_text(cell, Quantity::response_time_p99),
                              words::figure_text(cell, Quantity::error_rate),
                              words::figure_text(cell, Quantity::cpu_per_operation),
                              last_column(comparison, cell, paint)});
        previous = cell.level;
    }
    const bool some_invalid = std::any_of(comparison.cells.begin(), comparison.cells.end(), model::invalid);
    for (const model::PairedRatio& ratio : comparison.pooled(Quantity::goodput)) {
        const std::string where = some_invalid && ratio.ratio ? " where ranked" : "";
        table.rows.push_back({"all", ratio.entrant, "", "", "", "",
                              (ratio.ratio ? beside_verdict(ratio_text(ratio)) : "") +
                                  painted(paint, ratio.verdict, verdict_words(ratio)) + where});
        if (ratio.doubt != model::Doubt::none)
            table.rows.push_back({"sure", ratio.entrant, "", "", "", "",
                                  beside_verdict(ratio_text(ratio.without_doubt)) +
                                      fmt::format("{} of {}", ratio.without_doubt.pairs,
                                                  model::counted(ratio.pairs, "pair"))});
    }
    return table;
}

// "? suspect: no steady state, littles law (fastapi at 4, 50 users; django at 4 users)", a line for each set
// of reasons.
std::string suspects(const model::Comparison& comparison) {
    std::map<std::string, std::map<std::string, std::string>> places;  // by reasons, then contender
    for (const model::Cell& cell : comparison.cells) {
        if (cell.judgement.validity != model::Validity::suspect) continue;
        const std::string level = model::level_text(comparison.load_model, cell.level);
        std::string& levels = places[short_reasons(cell)][cell.entrant];
        // The unit stands after the last one only.
        levels = levels.empty() ? level : levels.substr(0, levels.rfind(' ')) + ", " + level;
    }
    std::string text;
    for (const auto& [reasons, contenders] : places) {
        std::vector<std::string> parts;
        for (const auto& [contender, levels] : contenders)
            parts.push_back(fmt::format("{} at {}", contender, levels));
        text +=
            wrapped(fmt::format("? suspect: {} ({})", reasons, joined(parts, "; ")), k_width, "  ") + '\n';
    }
    return text;
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
    std::string text = wrapped(benchmark.title + " · " + conditions(benchmark, comparison), k_width) + "\n\n";
    if (const std::string lint = words::lint_in_short(comparison, benchmark); !lint.empty())
        text += wrapped(lint, k_width) + "\n\n";
    if (const std::string waits = words::waits(comparison); !waits.empty())
        text += wrapped(waits, k_width) + "\n\n";
    if (const std::string open = words::not_proven(comparison); !open.empty())
        text += wrapped(open, k_width) + "\n\n";
    if (!comparison.cells.empty()) text += table(comparison, paint).plain() + '\n';
    if (const std::string doubts = suspects(comparison); !doubts.empty()) text += doubts + '\n';
    text += wrapped(words::verdict(comparison), k_width) + '\n';
    if (comparison.equal_rate)
        for (const std::string& sentence : words::equal_rate_findings(*comparison.equal_rate))
            text += wrapped(sentence, k_width) + '\n';
    if (comparison.no_equal_rate && *comparison.no_equal_rate != model::NoEqualRate::not_asked)
        text += wrapped("Note: " + plain(words::about_no_equal_rate(*comparison.no_equal_rate)), k_width,
                        "      ") +
                '\n';
    for (const std::string& warning : words::warnings(comparison))
        text += wrapped("Note: " + warning, k_width, "      ") + '\n';
    return text;
}

}  // namespace joust::report
