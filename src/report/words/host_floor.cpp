#include "report/words/host_floor.hpp"

#include <fmt/format.h>

#include "model/wording.hpp"
#include "report/words/verdicts.hpp"

namespace joust::report::words {

std::string host_floor(const model::Comparison& comparison) {
    using model::Quantity;
    using model::Verdict;
    const model::PairedRatio* ratio = comparison.ratio(Quantity::goodput, *comparison.again, std::nullopt);
    const model::HostFloor* floor = comparison.floor(Quantity::goodput);
    if (ratio != nullptr && ratio->basis == model::Basis::unfinished)
        return fmt::format(
            "what this host could have told apart is not known: {} ran against itself ({}), and {}",
            comparison.baseline, *comparison.again, ended_text(comparison, *ratio));
    if (ratio == nullptr || !ratio->ratio || floor == nullptr)
        return fmt::format(
            "what this host could have told apart is not known: {} ran against itself ({}) in too "
            "few pairs",
            comparison.baseline, *comparison.again);
    const bool different = ratio->verdict == Verdict::faster || ratio->verdict == Verdict::slower;
    const std::string interval = interval_text(ratio->confidence, ratio->low, ratio->high, 3);
    std::string text = fmt::format(
        "what this host could have told apart in this run: differences of goodput above {}; {} against "
        "itself ({}) "
        "has the ratio {:.3f}{}{} over {}, and was {}judged different",
        model::percent(floor->half_width), comparison.baseline, *comparison.again, *ratio->ratio,
        interval.empty() ? "" : ", ", interval, model::counted(ratio->pairs, "pair"),
        different ? "" : "not ");
    if (different)
        return text + ": as one run in twenty is by chance; more of them say that something is wrong";
    return text;
}

}  // namespace joust::report::words
