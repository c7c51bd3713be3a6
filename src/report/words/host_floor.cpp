#include "report/words/host_floor.hpp"

#include <fmt/format.h>

#include <vector>

#include "base/text.hpp"
#include "model/wording.hpp"
#include "report/words/quantities.hpp"
#include "report/words/verdicts.hpp"

namespace joust::report::words {
namespace {

using model::Comparison;
using model::HostFloor;
using model::PairedRatio;

// "0.798, 99.9 % interval 0.786 to 0.811"
std::string told(const PairedRatio& ratio) {
    const std::string interval = interval_text(ratio.confidence, ratio.low, ratio.high, 3);
    return fmt::format("{:.3f}{}{}", *ratio.ratio, interval.empty() ? "" : ", ", interval);
}

// "0.79 to 1.27": what lies within the floor.
std::string range_text(double floor) {
    return fmt::format("{:.2f} to {:.2f}", 1 / (1 + floor), 1 + floor);
}

// How far the interval's far end is from 1: 0.786 is 21 % away.
std::string distance_text(const PairedRatio& ratio, const HostFloor& floor) {
    return model::percent(*ratio.ratio < 1 ? 1 - 1 / (1 + floor.floor) : floor.floor);
}

std::string judged_text(const PairedRatio& ratio, const HostFloor& floor) {
    const bool different = ratio.verdict == model::Verdict::faster || ratio.verdict == model::Verdict::slower;
    if (!floor.different) return "and was not judged different";
    const std::string by_chance = fmt::format(
        "as one run in {:.0f} is by chance at this confidence; more of them say that something is "
        "wrong",
        1 / (1 - ratio.confidence));
    return (different ? "and was judged different: " : "which leaves out 1, ") + by_chance;
}

}  // namespace

std::string floor_text(const PairedRatio& ratio) {
    return fmt::format("no ratio from {} counts as a difference, for {} differed from itself by as much",
                       range_text(*ratio.floor), ratio.baseline);
}

std::string host_differs(const Comparison& comparison) {
    std::vector<std::string> parts;
    for (const HostFloor& floor : comparison.floors) {
        if (!floor.different) continue;
        const PairedRatio& ratio = *comparison.ratio(floor.quantity, *comparison.again, std::nullopt);
        parts.push_back(
            fmt::format("{} by up to {} (ratio {}), so no ratio of it from {} counts as a difference",
                        compared_words(floor.quantity).subject, distance_text(ratio, floor), told(ratio),
                        range_text(floor.floor)));
    }
    if (parts.empty()) return "";
    return fmt::format("On this host {} differed from itself ({}): {}.", comparison.baseline,
                       *comparison.again, joust::joined(parts, "; "));
}

std::string host_floor(const Comparison& comparison) {
    using model::Quantity;
    const PairedRatio* ratio = comparison.ratio(Quantity::goodput, *comparison.again, std::nullopt);
    const HostFloor* floor = comparison.floor(Quantity::goodput);
    const std::string ended = ratio == nullptr ? "" : ended_text(comparison, *ratio);
    if (!ended.empty())
        return fmt::format(
            "what this host could have told apart is not known: {} ran against itself ({}), and {}",
            comparison.baseline, *comparison.again, ended);
    if (ratio == nullptr || !ratio->ratio || floor == nullptr)
        return fmt::format(
            "what this host could have told apart is not known: {} ran against itself ({}) in too "
            "few pairs",
            comparison.baseline, *comparison.again);
    const std::string apart =
        floor->different ? fmt::format("ratios of goodput outside of {}, as far as {} was from itself",
                                       range_text(floor->floor), comparison.baseline)
                         : "differences of goodput above " + model::percent(floor->floor);
    return fmt::format(
        "what this host could have told apart in this run: {}; {} against itself ({}) has the ratio {} over "
        "{}, "
        "{}",
        apart, comparison.baseline, *comparison.again, told(*ratio), model::counted(ratio->pairs, "pair"),
        judged_text(*ratio, *floor));
}

}  // namespace joust::report::words
