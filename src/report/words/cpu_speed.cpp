#include "report/words/cpu_speed.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "model/wording.hpp"

namespace joust::report::words {
namespace {

using model::Comparison;
using model::PairedRatio;
using model::SpeedScatter;

constexpr std::string_view k_remedy = "More blocks or a quieter host narrow the interval.";

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

bool some_too_wide(const Comparison& comparison) {
    const auto pooled = comparison.pooled(model::Quantity::goodput);
    return std::any_of(pooled.begin(), pooled.end(), too_wide);
}

// "The contender's CPUs ran up to 1.40 times apart between trials of one contender and level"
std::string how_far_apart(const SpeedScatter& all) {
    return fmt::format(
        "The contender's CPUs ran up to {:.2f} times apart between trials of one contender and level",
        all.largest_ratio);
}

// "81 % of the variance of its goodput"
std::string share_of_variance(double explained) {
    return model::percent(explained) + " of the variance of its goodput";
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
    const auto explained = all->explained();
    if (!explained) return apart + " That goodput went with it does not show in these trials.";
    return fmt::format(
        "{} With it goes {}. So it is where others use the same core, its caches or memory, which no "
        "counter of this machine shows; a contender that idles more in a trial lowers what is read, too.{}",
        apart, share_of_variance(*explained), some_too_wide(comparison) ? fmt::format(" {}", k_remedy) : "");
}

std::string slowed_cpus(const Comparison& comparison) {
    const SpeedScatter* all = of_all(comparison);
    if (all == nullptr || !all->explained() || !some_too_wide(comparison)) return "";
    return fmt::format("{}; {} goes with it. {}", how_far_apart(*all), share_of_variance(*all->explained()),
                       k_remedy);
}

std::string quieter_host(const Comparison& comparison, const PairedRatio& goodput) {
    const SpeedScatter* all = of_all(comparison);
    if (all == nullptr || !all->explained() || !too_wide(goodput)) return "";
    return fmt::format(
        "Fewer may do on a quieter host: within a contender and level {} goes with how fast its CPUs ran.",
        share_of_variance(*all->explained()));
}

}  // namespace joust::report::words
