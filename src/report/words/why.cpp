#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "model/wording.hpp"
#include "report/words/quantities.hpp"
#include "report/words/rules.hpp"
#include "report/words/verdicts.hpp"
#include "report/words/waits.hpp"

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

// Where a ratio was measured.
struct Place {
    const std::vector<model::Cell>& cells;
    std::vector<std::int64_t> levels;
    model::LoadModel load_model;
    std::optional<model::Unfinished> unfinished;

    [[nodiscard]] const model::Cell* invalid_cell(const std::string& contender, std::int64_t level) const {
        const auto found = std::find_if(cells.begin(), cells.end(), [&](const model::Cell& cell) {
            return cell.entrant == contender && cell.level == level && invalid(cell);
        });
        return found == cells.end() ? nullptr : &*found;
    }
    // "service restarted, generator stopped": why trials of that entrant are invalid, at the levels that
    // count; those that speak against it, or the others.
    [[nodiscard]] std::string reasons(const PairedRatio& ratio, const std::string& entrant,
                                      bool against_it) const {
        std::vector<std::string> names;
        for (const model::Cell& cell : cells) {
            if (cell.entrant != entrant || (ratio.level ? cell.level != *ratio.level : cell.barred)) continue;
            for (const model::Finding& finding : cell.judgement.findings) {
                if (finding.effects().goodput != model::Effect::voids) continue;
                const std::string name = short_name(finding);
                if ((model::fault_of({finding}) != model::Fault::none) == against_it &&
                    std::find(names.begin(), names.end(), name) == names.end())
                    names.push_back(name);
            }
        }
        return joust::joined(names, ", ");
    }
};

// "django is invalid at 3 of 3 levels (at 4 users: 34 % errors (limit 1 %), all timeouts)"; empty where it is
// at none.
std::string invalid_levels(const Place& place, const std::string& contender) {
    const model::Cell* first = nullptr;
    int count = 0;
    for (const std::int64_t level : place.levels)
        if (const model::Cell* cell = place.invalid_cell(contender, level)) {
            if (first == nullptr) first = cell;
            ++count;
        }
    if (first == nullptr) return "";
    return fmt::format("{} is invalid at {} of {} (at {}: {})", contender, count,
                       model::counted(static_cast<std::int64_t>(place.levels.size()), "level"),
                       level_text(place.load_model, first->level), findings_of(*first));
}

std::string invalid_at(const Place& place, const std::string& contender, std::int64_t level) {
    const model::Cell* cell = place.invalid_cell(contender, level);
    if (cell == nullptr) return "";
    return fmt::format("{} is invalid at {}: {}", contender, level_text(place.load_model, level),
                       findings_of(*cell));
}

std::string invalid_text(const Place& place, const PairedRatio& ratio) {
    std::vector<std::string> parts;
    for (const std::string& side : {ratio.entrant, ratio.baseline})
        if (std::string text =
                ratio.level ? invalid_at(place, side, *ratio.level) : invalid_levels(place, side);
            !text.empty())
            parts.push_back(std::move(text));
    return (ratio.level ? "" : "at every level one of them is invalid: ") + joust::joined(parts, "; ");
}

// "over the 6 pairs without doubt it is 1.351, 95 % interval 1.33 to 1.37"
std::string undoubted_text(const PairedRatio& ratio) {
    const model::RatioEstimate& sure = ratio.without_doubt;
    if (!sure.ratio) return "no pair is without doubt";
    std::string text = fmt::format("over the {} without doubt it is {:.3f}",
                                   model::counted(sure.pairs, "pair"), *sure.ratio);
    const std::string interval = interval_text(ratio.confidence, sure.low, sure.high, 3);
    if (!interval.empty()) text += fmt::format(", {}{}", interval, sure_between_levels_text(ratio));
    return text;
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

// "a trial is invalid in 3 (of fastapi: generator stopped; what speaks against django: service restarted)"
std::string void_part(const Place& place, const PairedRatio& ratio) {
    if (ratio.void_pairs.all == 0) return "";
    std::vector<std::string> parts;
    for (const bool against_it : {true, false})
        for (const std::string& side : {ratio.entrant, ratio.baseline})
            if (const std::string names = place.reasons(ratio, side, against_it); !names.empty())
                parts.push_back(
                    fmt::format("{}{}: {}", against_it ? "what speaks against " : "of ", side, names));
    return fmt::format("a trial is invalid in {} ({})", ratio.void_pairs.all, joust::joined(parts, "; "));
}

// "3 of 9 pairs are left out: …"; empty where none is.
std::string left_out_text(const Place& place, const PairedRatio& ratio, std::string_view subject) {
    const int left_out = ratio.left_out.total() + ratio.void_pairs.all;
    if (left_out == 0) return "";
    std::vector<std::string> parts{void_part(place, ratio), left_out_parts(ratio.left_out, subject)};
    std::erase(parts, "");
    return fmt::format("{} of {} {} left out: {}", left_out, model::counted(ratio.pairs + left_out, "pair"),
                       left_out == 1 ? "is" : "are", joust::joined(parts, ", "));
}

// "in 4 of 12 pairs, at 1 of 3 levels, one of the two is at best known by a lower bound"
std::string bounds_text(const PairedRatio& ratio) {
    const std::string where = ratio.level ? ""
                                          : fmt::format(" at {} of {},", ratio.bounded_levels,
                                                        model::counted(ratio.levels, "level"));
    return fmt::format("in {} of {},{} one of the two is at best known by a lower bound",
                       ratio.left_out.only_bounds(),
                       model::counted(ratio.pairs + ratio.left_out.total(), "pair"), where);
}

// Which levels a ratio over several of them is of.
std::string_view levels_of(const PairedRatio& ratio) {
    if (ratio.level) return "";
    if (ratio.left_out.only_bounds() > 0) return " over the pairs of which both are known";
    if (ratio.some_invalid) return " over all pairs in which neither is invalid";
    return ratio.invalid_levels == 0 ? " over all levels" : " over all levels where neither is invalid";
}

// The interval that the verdict rests on: of a level, the one among all levels.
std::string shown_by(const PairedRatio& ratio) {
    const std::string which = ratio.among_levels ? "which, among all levels, " : "which ";
    if (ratio.basis == Basis::within_margin)
        return fmt::format("{}lies within the margin of ±{}", which, model::percent(ratio.margin));
    if (ratio.basis == Basis::excludes_one) return which + "excludes 1";
    if (ratio.basis == Basis::within_floor) return "which decides nothing: " + floor_text(ratio);
    if (ratio.basis == Basis::lower_bounds) return "which decides nothing: " + bounds_text(ratio);
    if (ratio.basis == Basis::undeclared) return "which decides nothing: " + undeclared_text(ratio);
    return which + "includes 1 and is wider than the margin";
}

std::string interval_sentence(const PairedRatio& ratio, std::string_view subject, std::string_view place) {
    std::string text = fmt::format(
        "{} of {} is {:.3f} times that of {}{}, {} over {}{}{}, {}{}", subject, ratio.entrant, *ratio.ratio,
        ratio.baseline, place, interval_text(ratio.confidence, ratio.low, ratio.high, 3),
        model::counted(ratio.pairs, "pair"), look_text(ratio), between_levels_text(ratio.between_levels),
        shown_by(ratio), among_levels_text(ratio));
    if (const std::string steal = steal_text(ratio, 3); !steal.empty()) text += "; " + steal;
    if (ratio.undecided())
        text += fmt::format(", but {} of {} are in doubt, and {}", ratio.pairs - ratio.without_doubt.pairs,
                            model::counted(ratio.pairs, "pair"), doubt_text(ratio.doubt));
    if (ratio.doubt != model::Doubt::none) text += "; " + undoubted_text(ratio);
    return text;
}

std::string how_it_ended(const std::optional<model::Unfinished>& run, const PairedRatio& ratio) {
    if (ratio.basis != Basis::unfinished && ratio.basis != Basis::ended_early) return "";
    std::string how_far = "before all of these pairs were there";  // at an equal rate
    if (run) {
        const bool whole_blocks =
            run->blocks > 0 && run->pairs * run->planned_blocks == run->blocks * run->planned_pairs;
        how_far =
            whole_blocks
                ? fmt::format("after {} of {}", run->blocks, model::counted(run->planned_blocks, "block"))
                : fmt::format("after {} of {}", run->pairs, model::counted(run->planned_pairs, "pair"));
    }
    if (ratio.basis == Basis::ended_early)
        return fmt::format("the budget ended the run {}, and so few give no verdict", how_far);
    return fmt::format("the run ended {}; `joust run --resume DIR` finishes it", how_far);
}

std::string why(const Place& where, const PairedRatio& ratio) {
    const std::string_view subject = compared_words(ratio.quantity).subject;
    const std::string_view place = levels_of(ratio);
    const std::string missing = left_out_text(where, ratio, subject);
    std::string text;
    switch (ratio.basis) {
        case Basis::cell_invalid:
            return invalid_text(where, ratio);
        case Basis::no_pair:
            text = "no block has a trial of both that is not invalid";
            break;
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
        case Basis::ended_early:
            text =
                fmt::format("{} of {} is {:.3f} times that of {}{} over {} so far, which decide nothing: {}",
                            subject, ratio.entrant, *ratio.ratio, ratio.baseline, place,
                            model::counted(ratio.pairs, "pair"), how_it_ended(where.unfinished, ratio));
            break;
        case Basis::lower_bounds:
            if (!ratio.low) {
                text = fmt::format("{}{}: {}, which decides nothing: {}", subject, place,
                                   model::counted(ratio.pairs, "pair"), bounds_text(ratio));
                break;
            }
            [[fallthrough]];
        case Basis::within_margin:
        case Basis::excludes_one:
        case Basis::within_floor:
        case Basis::undeclared:
        case Basis::neither:
            text = interval_sentence(ratio, subject, place);
            break;
    }
    return missing.empty() ? text : text + "; " + missing;
}

}  // namespace

std::string ended_text(const Comparison& comparison, const PairedRatio& ratio) {
    return how_it_ended(comparison.unfinished, ratio);
}

std::string interval_text(double confidence, const std::optional<double>& low,
                          const std::optional<double>& high, int decimals) {
    if (!low || !high) return "";
    return fmt::format("{:.4g} % interval {:.{}f} to {:.{}f}", 100 * confidence, *low, decimals, *high,
                       decimals);
}

std::string_view between_levels_text(bool between_levels) {
    return between_levels ? " (no two at one level: of the scatter between levels)" : "";
}

std::string_view sure_between_levels_text(const PairedRatio& ratio) {
    return between_levels_text(ratio.without_doubt.between_levels && !ratio.between_levels);
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
    std::string text =
        why(Place{comparison.cells, comparison.levels, comparison.load_model, comparison.unfinished}, ratio);
    const std::string wait = wait_in(comparison, ratio);
    if (!ratio.ratio || wait.empty()) return text;
    return fmt::format(
        "{}, so that {} is of {}: {}", wait, in_part(comparison, ratio) ? "there it" : "this",
        ratio.measured == model::Measured::wait ? "a wait, not of work" : "the load, not of the service",
        text);
}

std::string why(const model::EqualRate& found, const PairedRatio& ratio) {
    return why(Place{found.cells, {found.rate}, model::LoadModel::open, {}}, ratio);
}

}  // namespace joust::report::words
