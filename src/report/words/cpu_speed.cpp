#include "report/words/cpu_speed.hpp"

#include <fmt/format.h>

#include <optional>
#include <vector>

#include "base/text.hpp"
#include "model/wording.hpp"

namespace joust::report::words {
namespace {

using model::Comparison;
using model::PairedRatio;
using model::SpeedScatter;

// Neighbours are the usual cause; the reading alone does not tell it from others.
constexpr std::string_view k_causes =
    "Others on the same core, its caches or memory do that, which no counter of a guest shows; so do a clock "
    "that throttles, and a contender that idles more in one trial than in another.";
constexpr std::string_view k_remedy = "More blocks narrow the interval, and a quieter host may.";

// Of all entrants together; null where it is not known or hardly differs.
const SpeedScatter* of_all(const Comparison& comparison) {
    for (const SpeedScatter& scatter : comparison.speed_scatters)
        if (!scatter.entrant && scatter.noticeable()) return &scatter;
    return nullptr;
}

// The pairs scatter too much for a verdict: no other reason keeps it back.
bool too_wide(const PairedRatio& ratio) {
    return ratio.basis == model::Basis::neither && !ratio.undecided() &&
           ratio.measured == model::Measured::work;
}

// What of the variance of an entrant's ratios goes with the speed.
std::optional<double> explained(const Comparison& comparison, const std::string& entrant) {
    for (const SpeedScatter& scatter : comparison.speed_scatters)
        if (scatter.entrant == entrant) return scatter.explained();
    return std::nullopt;
}

// "The contender's CPUs ran up to 1.40 times apart between trials of one contender and level"
std::string how_far_apart(const SpeedScatter& all) {
    return fmt::format(
        "The contender's CPUs ran up to {:.2f} times apart between trials of one contender and level",
        all.largest_ratio);
}

// "81 % of the variance of the ratio of fastapi to django"
std::string share_of_variance(const Comparison& comparison, const std::string& entrant, double share) {
    return fmt::format("{} of the variance of the ratio of {} to {}", model::percent(share), entrant,
                       comparison.baseline);
}

// Of the entrants of which that is known, and (where asked for) whose verdict the scatter keeps back.
std::vector<std::string> shares_of_variance(const Comparison& comparison, bool kept_back) {
    std::vector<std::string> found;
    for (const PairedRatio& ratio : comparison.pooled(model::Quantity::goodput))
        if (const auto share = explained(comparison, ratio.entrant); share && (!kept_back || too_wide(ratio)))
            found.push_back(share_of_variance(comparison, ratio.entrant, *share));
    return found;
}

// "9.3 %; fastapi 8.1 %, django 10 %"
std::string shares(const Comparison& comparison, const SpeedScatter& all) {
    std::vector<std::string> parts;
    for (const SpeedScatter& scatter : comparison.speed_scatters)
        if (scatter.entrant)
            parts.push_back(fmt::format("{} {}", *scatter.entrant, model::percent(scatter.share)));
    return model::percent(all.share) +
           (comparison.entrants.size() > 1 ? "; " + joust::joined(parts, ", ") : std::string());
}

}  // namespace

std::string cpu_speeds(const Comparison& comparison) {
    const SpeedScatter* all = of_all(comparison);
    if (all == nullptr) return "";
    const std::string apart = fmt::format("{} (standard deviation of the logarithm {}).", how_far_apart(*all),
                                          shares(comparison, *all));
    const std::vector<std::string> parts = shares_of_variance(comparison, false);
    if (parts.empty())
        return comparison.pooled(model::Quantity::goodput).empty()
                   ? apart
                   : apart + " That ratios of goodput went with it, pair by pair, does not show.";
    return fmt::format("{} Pair by pair, {} goes with how much faster the one's CPUs ran. {}{}", apart,
                       joust::joined(parts, ", and "), k_causes,
                       shares_of_variance(comparison, true).empty() ? "" : fmt::format(" {}", k_remedy));
}

std::string slowed_cpus(const Comparison& comparison) {
    const SpeedScatter* all = of_all(comparison);
    const std::vector<std::string> parts = shares_of_variance(comparison, true);
    if (all == nullptr || parts.empty()) return "";
    return fmt::format("{}; {} goes with it. {}", how_far_apart(*all), joust::joined(parts, ", and "),
                       k_remedy);
}

std::string quieter_host(const Comparison& comparison, const PairedRatio& goodput) {
    const auto share = explained(comparison, goodput.entrant);
    if (of_all(comparison) == nullptr || !share || !too_wide(goodput)) return "";
    return fmt::format("Fewer may do on a quieter host: {} goes with how fast the CPUs ran.",
                       share_of_variance(comparison, goodput.entrant, *share));
}

}  // namespace joust::report::words
