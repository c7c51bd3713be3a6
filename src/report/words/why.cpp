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
std::string undoubted_text(const model::RatioEstimate& sure, double confidence) {
    if (!sure.ratio) return "no pair is without doubt";
    std::string text = fmt::format("over the {} without doubt it is {:.3f}",
                                   model::counted(sure.pairs, "pair"), *sure.ratio);
    const std::string interval = interval_text(confidence, sure.low, sure.high, 3);
    return interval.empty() ? text : text + ", " + interval;
}

// "after 6 blocks"; empty where the run has one look.
std::string look_text(const PairedRatio& ratio) {
    return ratio.look ? fmt::format(", looked at after {}", model::counted(*ratio.look, "block")) : "";
}

// What a level's ratio is among those of all levels; empty of the ratio over all.
std::string among_levels_text(const PairedRatio& ratio) {
    if (!ratio.among_levels) return "";
    const model::AmongLevels& among = *ratio.among_levels;
    std::string text = fmt::format("; among all levels p = {:.3g} and {}", among.p_value,
                                   interval_text(among.confidence, among.low, among.high, 3));
    if (ratio.descriptive)
        return text + "; the run was laid out for one verdict over all levels, this ratio only describes";
    return text;
}

// "Little's law fails in 14 (…), a p99 touches requests that never ended in 1"
std::string left_out_parts(const model::LeftOut& left_out, std::string_view subject) {
    std::vector<std::string> parts;
    if (left_out.against_littles_law > 0)
        parts.push_back(fmt::format(
            "Little's law fails in {} (requests sent before the window and waiting on are in none "
            "of its figures, so it is not known)",
            left_out.against_littles_law));
    if (left_out.without_answers > 0)
        parts.push_back(fmt::format("requests that never ended, or starve, reach down to it in {}",
                                    left_out.without_answers));
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

// The interval that the verdict rests on: of a level, the one among all levels.
std::string shown_by(const PairedRatio& ratio) {
    const std::string which = ratio.among_levels ? "which, among all levels, " : "which ";
    if (ratio.basis == Basis::within_margin)
        return fmt::format("{}lies within the margin of ±{}", which, model::percent(ratio.margin));
    if (ratio.basis == Basis::excludes_one) return which + "excludes 1";
    return which + "includes 1 and is wider than the margin";
}

std::string interval_sentence(const PairedRatio& ratio, std::string_view subject, std::string_view place) {
    std::string text = fmt::format(
        "{} of {} is {:.3f} times that of {}{}, {} over {}{}, {}{}", subject, ratio.entrant, *ratio.ratio,
        ratio.baseline, place, interval_text(ratio.confidence, ratio.low, ratio.high, 3),
        model::counted(ratio.pairs, "pair"), look_text(ratio), shown_by(ratio), among_levels_text(ratio));
    if (const std::string steal = steal_text(ratio, 3); !steal.empty()) text += "; " + steal;
    if (ratio.undecided())
        text += fmt::format(", but {} of {} are in doubt, and {}", ratio.pairs - ratio.without_doubt.pairs,
                            model::counted(ratio.pairs, "pair"), doubt_text(ratio.doubt));
    if (ratio.doubt != model::Doubt::none)
        text += "; " + undoubted_text(ratio.without_doubt, ratio.confidence);
    return text;
}

}  // namespace

std::string ended_text(const Comparison& comparison, const PairedRatio& ratio) {
    if (ratio.basis != Basis::unfinished) return "";
    std::string how_far = "before all of these pairs were there";  // at an equal rate
    if (const auto& run = comparison.unfinished) {
        const bool whole_blocks =
            run->blocks > 0 && run->pairs * run->planned_blocks == run->blocks * run->planned_pairs;
        how_far =
            whole_blocks
                ? fmt::format("after {} of {}", run->blocks, model::counted(run->planned_blocks, "block"))
                : fmt::format("after {} of {}", run->pairs, model::counted(run->planned_pairs, "pair"));
    }
    return fmt::format("the run ended {}; `joust run --resume DIR` finishes it", how_far);
}

std::string interval_text(double confidence, const std::optional<double>& low,
                          const std::optional<double>& high, int decimals) {
    if (!low || !high) return "";
    return fmt::format("{:.4g} % interval {:.{}f} to {:.{}f}", 100 * confidence, *low, decimals, *high,
                       decimals);
}

std::string steal_text(const PairedRatio& ratio, int decimals) {
    if (ratio.decided_by == model::DecidedBy::raw) return "";
    const auto told = [&](const model::RatioEstimate& estimate) {
        const std::string interval = interval_text(ratio.confidence, estimate.low, estimate.high, decimals);
        return fmt::format("{:.{}f}{}{}", *estimate.ratio, decimals, interval.empty() ? "" : ", ", interval);
    };
    if (ratio.decided_by == model::DecidedBy::adjusted)
        return fmt::format("adjusted to equal steal (as measured {})", told(ratio.raw));
    return fmt::format(
        "one of the two suffered more steal, so the ratio as measured ({}) and the one at equal steal ({}) "
        "must "
        "agree",
        told(ratio.raw), told(*ratio.adjusted));
}

std::string doubt_text(model::Doubt doubt) {
    switch (doubt) {
        case model::Doubt::contradicts:
            return "those without doubt tell another story";
        case model::Doubt::one_sided:
            return "the doubt is on one of the two";
        case model::Doubt::load_bound:
            return "think time was the limit, whichever is the faster";
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
        case Basis::before_look:
            text = fmt::format(
                "{} of {} is {:.3f} times that of {}{} over {} so far: nothing is judged before "
                "the first look",
                subject, ratio.entrant, *ratio.ratio, ratio.baseline, place,
                model::counted(ratio.pairs, "pair"));
            break;
        case Basis::unfinished:
            text =
                fmt::format("{} of {} is {:.3f} times that of {}{} over {} so far, which decide nothing: {}",
                            subject, ratio.entrant, *ratio.ratio, ratio.baseline, place,
                            model::counted(ratio.pairs, "pair"), ended_text(comparison, ratio));
            break;
        case Basis::within_margin:
        case Basis::excludes_one:
        case Basis::neither:
            text = interval_sentence(ratio, subject, place);
            break;
    }
    return missing.empty() ? text : text + "; " + missing;
}

}  // namespace joust::report::words
