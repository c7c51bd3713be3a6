#include "report/words/capacity.hpp"

#include <fmt/format.h>

#include <cmath>

#include "model/wording.hpp"
#include "report/words/verdicts.hpp"

namespace joust::report::words {
namespace {

std::string interval(const model::Estimate& estimate, std::string (*text)(double)) {
    if (!estimate.low || !estimate.high) return text(estimate.value);
    return fmt::format("{} [{}, {}]", text(estimate.value), text(*estimate.low), text(*estimate.high));
}

std::string parameter(double value) {
    return fmt::format("{:.3g}", value);
}
std::string users(double value) {
    return fmt::format("{:.0f}", value);
}
std::string rate(double value) {
    return model::rate_text(value);
}

std::string_view reason(model::NoLaw no_law) {
    switch (no_law) {
        case model::NoLaw::few_rising_levels:
            return "fewer than three levels lie below 90 % of its largest goodput, so the levels say what it "
                   "comes to, not how it gets there";
        case model::NoLaw::no_rise:
            return "its goodput hardly rises from the lowest level on, so nothing tells that of one user";
        case model::NoLaw::no_fit:
            break;
    }
    return "no law comes near its goodput";
}

// Below it a block is said to differ.
constexpr double k_differs_below = 0.05;

}  // namespace

std::string capacity(const model::Capacity& capacity) {
    if (!capacity.law) {
        return "not identified: " + std::string(reason(*capacity.not_identified));
    }
    const model::ScalabilityLaw& law = *capacity.law;
    std::string text =
        fmt::format("γ = {} for one user, α = {} (contention), β = {} (what users cost one another)",
                    interval(law.gamma, rate), interval(law.alpha, parameter), interval(law.beta, parameter));
    text += law.peak_users ? fmt::format("; the peak, {}, lies at {} users", interval(*law.peak_rps, rate),
                                         interval(*law.peak_users, users))
                           : "; no peak within the levels measured";
    if (!law.gamma.low) text += "; no intervals, for some level has one trial only";
    return text;
}

std::string breaking_range(const model::BreakingPoint& point, model::LoadModel load_model) {
    std::string text = point.whole_level ? fmt::format("between {} and {}", *point.whole_level,
                                                       level_text(load_model, point.level))
                                         : fmt::format("at or below {}", level_text(load_model, point.level));
    if (point.latest_level == point.earliest_level) return text;
    return text +
           fmt::format("; its blocks, each for itself, at {} to {}", point.earliest_level,
                       point.latest_level ? level_text(load_model, *point.latest_level) : "no level at all");
}

std::string block_effect(const model::BlockEffect& effect) {
    std::string first;
    if (effect.first_p && effect.first_ratio) {
        const std::string interval = interval_text(0.95, effect.first_low, effect.first_high, 3);
        first = fmt::format("the ratio of the first is {:.3f} times that of the others{}{}, p = {:.2g}",
                            *effect.first_ratio, interval.empty() ? "" : ", ", interval, *effect.first_p);
    }
    const std::string any =
        effect.any_p ? fmt::format("that no block differs has p = {:.2g}", *effect.any_p) : "";
    const bool first_differs = effect.first_p && *effect.first_p < k_differs_below;
    const bool any_differs = effect.any_p && *effect.any_p < k_differs_below;
    const char* const verdict = first_differs ? "the first block differs"
                                : any_differs ? "blocks differ"
                                              : "no block differs";
    return fmt::format("{} ({}{}{})", verdict, first, first.empty() || any.empty() ? "" : "; ", any);
}

}  // namespace joust::report::words
