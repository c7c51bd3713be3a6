#include "report/summary_text.hpp"

#include <algorithm>
#include <map>

#include "base/text.hpp"
#include "base/text_width.hpp"
#include "model/wording.hpp"
#include "report/cell_text.hpp"
#include "report/operation_table.hpp"
#include "report/table.hpp"
#include "report/words/cpu_speed.hpp"
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

bool marked(const model::Cell& cell, model::Aspect aspect) {
    return cell.judgement.validity == model::Validity::suspect && doubtful(cell, aspect);
}

// Ratio and verdict; the verdict ends the line, so that colour codes in it do not spoil the alignment.
std::string last_column(const model::Comparison& comparison, const model::Cell& cell, const Paint& paint) {
    const model::PairedRatio* ratio = comparison.ratio(Quantity::goodput, cell.entrant, cell.level);
    std::string text = ratio != nullptr && ratio->ratio ? beside_verdict(ratio_text(*ratio)) : "";
    text += painted(paint, verdict_of(comparison, cell), verdict_text(comparison, cell));
    if (marked(cell, model::Aspect::goodput)) text += " ?";
    return text;
}

// With a mark of its own where times alone are in doubt: the one that ends a row is of all its figures.
std::string p99_text(const model::Comparison& comparison, const model::Cell& cell) {
    const auto alone = [](const model::Cell& one) {
        return one.find(Quantity::response_time_p99) != nullptr && marked(one, model::Aspect::latency) &&
               !marked(one, model::Aspect::goodput);
    };
    const bool some = std::any_of(comparison.cells.begin(), comparison.cells.end(), alone);
    return words::figure_text(cell, Quantity::response_time_p99) + (alone(cell) ? " ?" : some ? "  " : "");
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
                              words::figure_text(cell, Quantity::goodput), p99_text(comparison, cell),
                              words::figure_text(cell, Quantity::error_rate),
                              words::figure_text(cell, Quantity::cpu_per_operation),
                              last_column(comparison, cell, paint)});
        previous = cell.level;
    }
    for (const model::PairedRatio& ratio : comparison.pooled(Quantity::goodput)) {
        const std::string where = ratio.ratio && ratio.invalid_levels > 0 ? " where ranked" : "";
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
// of reasons; "≥" where no figure is in doubt and some are lower bounds.
std::string suspects(const model::Comparison& comparison) {
    std::map<std::string, std::map<std::string, std::string>> places;  // by reasons, then contender
    for (const model::Cell& cell : comparison.cells) {
        if (cell.judgement.validity != model::Validity::suspect) continue;
        const std::string level = model::level_text(comparison.load_model, cell.level);
        const bool doubted = marked(cell, model::Aspect::goodput) || marked(cell, model::Aspect::latency) ||
                             marked(cell, model::Aspect::cost);
        std::string& levels = places[(doubted ? "? suspect: " : "≥ lower bounds of times: ") +
                                     short_reasons(cell)][cell.entrant];
        // The unit stands after the last one only.
        levels = levels.empty() ? level : levels.substr(0, levels.rfind(' ')) + ", " + level;
    }
    std::string text;
    for (const auto& [reasons, contenders] : places) {
        std::vector<std::string> parts;
        for (const auto& [contender, levels] : contenders)
            parts.push_back(fmt::format("{} at {}", contender, levels));
        text += wrapped(fmt::format("{} ({})", reasons, joined(parts, "; ")), k_width, "  ") + '\n';
    }
    return text;
}

// What differs and may decide, each on lines of its own, as wide as a terminal is at least.
std::string lint(const model::Comparison& comparison, const model::Benchmark& benchmark) {
    constexpr std::size_t k_terminal = 80;
    std::string text;
    for (const std::string& line : words::lints_in_short(comparison, benchmark))
        text += wrapped("- " + line, k_terminal, "  ") + '\n';
    return text.empty() ? "" : "Before any verdict:\n" + text + '\n';
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
    text += lint(comparison, benchmark);
    if (const std::string before = words::before_ratios(comparison); !before.empty())
        text += wrapped(before, k_width) + "\n\n";
    if (!comparison.cells.empty()) text += table(comparison, paint).plain() + '\n';
    if (const Table operations = operation_table(comparison, false); !operations.rows.empty())
        text += operations.plain() + '\n';
    if (const std::string doubts = suspects(comparison); !doubts.empty()) text += doubts + '\n';
    text += wrapped(words::verdict(comparison), k_width) + '\n';
    if (const std::string slowed = words::slowed_cpus(comparison); !slowed.empty())
        text += wrapped(slowed, k_width) + '\n';
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
