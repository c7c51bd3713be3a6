#include "report/words/equal_rate.hpp"

#include "model/wording.hpp"
#include "report/cell_text.hpp"
#include "report/words/quantities.hpp"

namespace joust::report::words {
namespace {

std::string judged(const model::PairedRatio& ratio) {
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

}  // namespace

Prose about_equal_rate(const model::EqualRate& found) {
    return fmt::format(
        "All contenders get the same {}, sent when they are due whether or not the ones before "
        "are answered: half of what the slowest of them can do, so that all keep up. Here the "
        "same work is compared, not capacity: its CPU time, and its tails where nothing is "
        "saturated. {}, paired.",
        model::level_text(model::LoadModel::open, found.rate), model::counted(found.blocks, "block"));
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
