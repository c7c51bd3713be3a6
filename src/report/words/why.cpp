#include <fmt/format.h>

#include "base/text.hpp"
#include "model/wording.hpp"
#include "report/words/quantities.hpp"
#include "report/words/rules.hpp"
#include "report/words/verdicts.hpp"

namespace joust::report::words {
namespace {

using model::Basis;
using model::Comparison;
using model::PairedRatio;

std::string findings_of(const model::Cell& cell) {
    std::vector<std::string> sentences;
    for (const model::Finding& finding : cell.judgement.findings)
        sentences.push_back(sentence(finding));
    return joust::joined(sentences, "; ");
}

// "django is invalid at 3 of 3 levels (at 4 users: 34 % errors (limit 1 %), all timeouts)"; empty where it is
// at none.
std::string invalid_levels(const Comparison& comparison, const std::string& contender) {
    const model::Cell* first = nullptr;
    int count = 0;
    for (const std::int64_t level : comparison.levels)
        if (const model::Cell* cell = comparison.cell(contender, level); cell != nullptr && invalid(*cell)) {
            if (first == nullptr) first = cell;
            ++count;
        }
    if (first == nullptr) return "";
    return fmt::format("{} is invalid at {} of {} (at {}: {})", contender, count,
                       model::counted(static_cast<std::int64_t>(comparison.levels.size()), "level"),
                       level_text(comparison.load_model, first->level), findings_of(*first));
}

std::string invalid_at(const Comparison& comparison, const std::string& contender, std::int64_t level) {
    const model::Cell* cell = comparison.cell(contender, level);
    if (cell == nullptr || !invalid(*cell)) return "";
    return fmt::format("{} is invalid at {}: {}", contender, level_text(comparison.load_model, level),
                       findings_of(*cell));
}

std::string invalid_text(const Comparison& comparison, const PairedRatio& ratio) {
    std::vector<std::string> parts;
    for (const std::string& side : {ratio.entrant, ratio.baseline})
        if (std::string text =
                ratio.level ? invalid_at(comparison, side, *ratio.level) : invalid_levels(comparison, side);
            !text.empty())
            parts.push_back(std::move(text));
    return (ratio.level ? "" : "at every level one of them is invalid: ") + joust::joined(parts, "; ");
}

// "over the 6 pairs without doubt it is 1.351, 95 % interval 1.33 to 1.37"
std::string undoubted_text(const model::RatioEstimate& sure) {
    if (!sure.ratio) return "no pair is without doubt";
    std::string text = fmt::format("over the {} without doubt it is {:.3f}",
                                   model::counted(sure.pairs, "pair"), *sure.ratio);
    if (sure.low && sure.high) text += fmt::format(", 95 % interval {:.3f} to {:.3f}", *sure.low, *sure.high);
    return text;
}

// "Little's law fails in 14 (…), a p99 touches requests that never ended in 1"
std::string left_out_parts(const model::LeftOut& left_out, std::string_view subject) {
    std::vector<std::string> parts;
    if (left_out.against_littles_law > 0)
        parts.push_back(
            fmt::format("Little's law fails in {} (requests sent before the window and waiting on are in no "
                        "percentile, so a p99 is not known)",
                        left_out.against_littles_law));
    if (left_out.without_answers > 0)
        parts.push_back(
            fmt::format("a p99 touches requests that never ended in {}", left_out.without_answers));
    if (left_out.unknown > 0)
        parts.push_back(fmt::format("{} is not known in {}", subject, left_out.unknown));
    return joust::joined(parts, ", ");
}

// "3 of 9 pairs are left out: …"; empty where none is.
std::string left_out_text(const PairedRatio& ratio, std::string_view subject) {
    const int left_out = ratio.left_out.total();
    if (left_out == 0) return "";
    return fmt::format("{} of {} {} left out: {}", left_out, model::counted(ratio.pairs + left_out, "pair"),
                       left_out == 1 ? "is" : "are", left_out_parts(ratio.left_out, subject));
}

std::string interval_sentence(const Comparison& comparison, const PairedRatio& ratio,
                              std::string_view subject, std::string_view place) {
    std::string shown = "which includes 1 and is wider than the margin";
    if (ratio.basis == Basis::within_margin)
        shown = fmt::format("which lies within the margin of ±{}", model::percent(comparison.margin));
    if (ratio.basis == Basis::excludes_one) shown = "which excludes 1";
    std::string text =
        fmt::format("{} of {} is {:.3f} times that of {}{}, 95 % interval {:.3f} to {:.3f} over {}, {}",
                    subject, ratio.entrant, *ratio.ratio, ratio.baseline, place, *ratio.low, *ratio.high,
                    model::counted(ratio.pairs, "pair"), shown);
    if (ratio.undecided())
        text += fmt::format(", but {} of {} are in doubt, and {}", ratio.pairs - ratio.without_doubt.pairs,
                            model::counted(ratio.pairs, "pair"), doubt_text(ratio.doubt));
    if (ratio.doubt != model::Doubt::none) text += "; " + undoubted_text(ratio.without_doubt);
    return text;
}

}  // namespace

std::string doubt_text(model::Doubt doubt) {
    switch (doubt) {
        case model::Doubt::contradicts:
            return "those without doubt tell another story";
        case model::Doubt::one_sided:
            return "the doubt is on one of the two";
        case model::Doubt::marks:
            return "the verdict stands";
        case model::Doubt::none:
            break;
    }
    return "none is in doubt";
}

std::string why(const Comparison& comparison, const PairedRatio& ratio) {
    const std::string_view subject = compared_words(ratio.quantity).subject;
    const std::string_view place = ratio.level ? "" : " over all levels where neither is invalid";
    const std::string missing = left_out_text(ratio, subject);
    std::string text;
    switch (ratio.basis) {
        case Basis::cell_invalid:
            return invalid_text(comparison, ratio);
        case Basis::no_pair:
            return "no block has a trial of both that is not invalid";
        case Basis::no_figure:
            return fmt::format("no ratio of {} is known: {}", subject, missing);
        case Basis::too_few_pairs:
            text = fmt::format("{}{}: {}, and an interval needs three", subject, place,
                               model::counted(ratio.pairs, "pair"));
            break;
        case Basis::within_margin:
        case Basis::excludes_one:
        case Basis::neither:
            text = interval_sentence(comparison, ratio, subject, place);
            break;
    }
    return missing.empty() ? text : text + "; " + missing;
}

}  // namespace joust::report::words
