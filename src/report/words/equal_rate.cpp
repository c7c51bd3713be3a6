#include "report/words/equal_rate.hpp"

#include "model/wording.hpp"
#include "report/cell_text.hpp"
#include "report/words/quantities.hpp"

namespace joust::report::words {
namespace {

std::string judged(const model::PairedRatio& ratio) {
    if (ratio.basis == model::Basis::unfinished)
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
            return "half of what the slowest contender can do is less than one request per second";
        case NoEqualRate::budget:
            return "the time budget was used up by the levels before";
        case NoEqualRate::unfinished:
            break;
    }
    return "the run ended before it";
}

}  // namespace

Prose about_equal_rate(const model::EqualRate& found) {
    return fmt::format(
        "All contenders get the same {}, sent when they are due whether or not the ones before "
        "are answered: half of what the slowest of them can do, so that all keep up. Here the "
        "same work is compared, not capacity: its CPU time, and its tails where nothing is "
        "saturated. {}, paired.",
        model::level_text(model::LoadModel::open, found.rate), model::counted(found.blocks, "block"));
}

Prose about_no_equal_rate(model::NoEqualRate why) {
    return fmt::format(
        "CPU time per operation and tails at equal load were not measured: {}. The tables above have them at "
        "each contender's own throughput.",
        reason(why));
}

std::vector<std::string> equal_rate_findings(const model::EqualRate& found) {
    std::vector<std::string> sentences;
    for (const model::PairedRatio& ratio : found.ratios)
        if (ratio.ratio)
            sentences.push_back(fmt::format("At {} each, {} of {} is {} times that of {}: {}.",
                                            model::level_text(model::LoadModel::open, found.rate),
                                            compared_words(ratio.quantity).subject, ratio.entrant,
                                            ratio_text(ratio), ratio.baseline, judged(ratio)));
    return sentences;
}

}  // namespace joust::report::words
