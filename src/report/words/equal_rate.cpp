#include "report/words/equal_rate.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "model/wording.hpp"
#include "report/cell_text.hpp"
#include "report/words/quantities.hpp"
#include "report/words/verdicts.hpp"

namespace joust::report::words {
namespace {

// As where contenders are ranked: doubt takes a verdict back, or marks it.
std::string doubt_of(const model::PairedRatio& ratio) {
    if (ratio.doubt == model::Doubt::none) return "";
    if (ratio.undecided()) return ", as " + doubt_text(ratio.doubt) + " (" + sure_text(ratio) + ")";
    return (ratio.verdict == model::Verdict::inconclusive ? "; " : " ?; ") + sure_text(ratio);
}

std::string judged(const model::PairedRatio& ratio) {
    if (ratio.basis == model::Basis::unfinished || ratio.basis == model::Basis::ended_early)
        return "which decides nothing before all of its pairs are there";
    const ComparedWords& said = compared_words(ratio.quantity);
    switch (ratio.verdict) {
        case model::Verdict::faster:
            return std::string(said.better);
        case model::Verdict::slower:
            return std::string(said.worse);
        case model::Verdict::equivalent:
            return "equivalent";
        case model::Verdict::inconclusive:
        case model::Verdict::invalid:
            break;
    }
    if (ratio.basis == model::Basis::within_floor) return "which decides nothing, as " + floor_text(ratio);
    if (ratio.basis == model::Basis::undeclared) return "which decides nothing, as " + undeclared_text(ratio);
    if (ratio.basis == model::Basis::lower_bounds)
        return fmt::format(
            "which decides nothing, as in {} of {} one of the two is at best known by a lower bound",
            ratio.left_out.only_bounds(), model::counted(ratio.pairs + ratio.left_out.total(), "pair"));
    return "which decides nothing";
}

std::string_view reason(model::NoEqualRate why) {
    using model::NoEqualRate;
    switch (why) {
        case NoEqualRate::not_asked:
            return "the benchmark does not ask for it (experiment.equal_rate = true, or a profile that has "
                   "it)";
        case NoEqualRate::none_counts:
            return "of one contender no trial counts, so no rate is known that all of them keep";
        case NoEqualRate::too_slow:
            return "at half of what the slowest contender can do, a window has too few requests to be valid";
        case NoEqualRate::budget:
            return "the time budget was used up by the levels before";
        case NoEqualRate::unfinished:
            break;
    }
    return "the run ended before it";
}

// Where requests piled up, or half of them took about as long as the timeout.
std::vector<std::string> did_not_keep_up(const model::EqualRate& found) {
    std::vector<std::string> contenders;
    for (const model::Cell& cell : found.cells)
        if (!invalid(cell) &&
            (cell.judgement.has(model::Rule::saturation) || cell.judgement.has(model::Rule::saturated)))
            contenders.push_back(cell.entrant);
    return contenders;
}

std::string sentence_of(const model::EqualRate& found, const model::PairedRatio& ratio) {
    const std::string rate = model::level_text(model::LoadModel::open, found.rate);
    const std::string_view subject = compared_words(ratio.quantity).subject;
    if (ratio.verdict == model::Verdict::invalid)
        return fmt::format("At {} each, {} and {} are not compared: {}.", rate, ratio.entrant, ratio.baseline,
                           why(found, ratio));
    if (!ratio.ratio)
        return fmt::format("At {} each, {} of {} and {} is not compared: {}.", rate, subject, ratio.entrant,
                           ratio.baseline, why(found, ratio));
    const bool bounded = ratio.basis == model::Basis::lower_bounds;
    return fmt::format("At {} each, {} of {} is {} times that of {}{}: {}{}.", rate, subject, ratio.entrant,
                       ratio_text(ratio), ratio.baseline,
                       bounded ? " over the pairs of which both are known" : "", judged(ratio),
                       doubt_of(ratio));
}

}  // namespace

Prose about_equal_rate(const model::EqualRate& found) {
    const std::vector<std::string> behind = did_not_keep_up(found);
    const std::string kept =
        behind.empty()
            ? "do, so that all keep up. Here the same work is compared, not capacity: its CPU time, and "
              "its tails where nothing is saturated."
            : fmt::format(
                  "do at the levels above. {} did not keep up with it all the same, so that the "
                  "tails are not those of services that have time left: where requests piled "
                  "up, times are lower bounds.",
                  joust::joined(behind, " and "));
    return fmt::format(
        "All contenders get the same {}, sent when they are due whether or not the ones before "
        "are answered: half of what the slowest of them can {} {}, paired.",
        model::level_text(model::LoadModel::open, found.rate), kept, model::counted(found.blocks, "block"));
}

Prose about_no_equal_rate(model::NoEqualRate why) {
    return fmt::format(
        "CPU time per operation and tails at equal load were not measured: {}. The tables above have them at "
        "each contender's own throughput.",
        reason(why));
}

std::vector<std::string> equal_rate_findings(const model::EqualRate& found) {
    const std::string rate = model::level_text(model::LoadModel::open, found.rate);
    std::vector<std::string> sentences;
    if (const auto behind = did_not_keep_up(found); !behind.empty())
        sentences.push_back(
            fmt::format("At {} each, {} did not keep up.", rate, joust::joined(behind, " and ")));
    for (const model::PairedRatio& ratio : found.ratios) {
        std::string sentence = sentence_of(found, ratio);
        // That one of the two is invalid is said once, not of each quantity.
        if (std::find(sentences.begin(), sentences.end(), sentence) == sentences.end())
            sentences.push_back(std::move(sentence));
    }
    return sentences;
}

}  // namespace joust::report::words
