#include "stats/steal.hpp"

#include <algorithm>
#include <cmath>

namespace joust::stats {
namespace {

double steal_of(const PairPoint& pair) {
    return pair.steal_difference;
}

double log_ratio_of(const PairPoint& pair) {
    return pair.log_ratio;
}

// With one pair a level the levels are repeats of one another, as they are for the ratio itself
// (pooled_mean).
std::optional<WithinLevels> at_equal_steal(const PairLevels& levels) {
    const bool repeats = one_pair_a_level(levels);
    WithinLevels fit =
        repeats ? WithinLevels(together(numbers(levels, log_ratio_of))) : within_levels(levels);
    const NumbersByLevel steal = numbers(levels, steal_of);
    if (!fit.take_out(repeats ? together(steal) : steal) || fit.residual_degrees() == 0) return std::nullopt;
    return fit;
}

double root_mean_square(const PairLevels& levels) {
    double squares = 0;
    double pairs = 0;
    for (const std::vector<PairPoint>& level : levels)
        for (const PairPoint& pair : level) {
            squares += pair.steal_difference * pair.steal_difference;
            ++pairs;
        }
    return pairs > 0 ? std::sqrt(squares / pairs) : 0;
}

// Of several levels, each may suffer in its own way, and one slope of few pairs fits none of them.
std::size_t least_degrees(const PairLevels& levels, double difference) {
    const auto with_pairs = std::ranges::count_if(levels, [](const auto& level) { return !level.empty(); });
    return with_pairs == 1 && difference >= k_large_steal_difference ? k_least_degrees_at_large_difference
                                                                     : k_least_degrees_for_adjustment;
}

bool one_suffered_more(const PairLevels& levels) {
    const auto difference = pooled_mean(numbers(levels, steal_of));
    return difference && difference->p_value().value_or(1) < k_steal_differs_below;
}

}  // namespace

std::optional<LogMean> steal_adjusted(const PairLevels& levels) {
    const auto fit = at_equal_steal(levels);
    return fit ? fit->mean() : std::nullopt;
}

std::optional<LogMean> steal_slope(const PairLevels& levels) {
    const auto fit = at_equal_steal(levels);
    return fit ? fit->slope() : std::nullopt;
}

double StealDecision::mean() const {
    if (decides == StealDecides::raw) return raw.mean;
    if (decides == StealDecides::adjusted) return adjusted->mean;
    if ((raw.mean > 0) != (adjusted->mean > 0)) return 0;
    return std::abs(raw.mean) < std::abs(adjusted->mean) ? raw.mean : adjusted->mean;
}

std::optional<Interval> StealDecision::interval(double confidence) const {
    if (decides == StealDecides::raw) return raw.interval(confidence);
    const auto of_adjusted = adjusted->interval(confidence);
    const auto of_raw = raw.interval(confidence);
    if (decides == StealDecides::adjusted || !of_adjusted || !of_raw) return of_adjusted;
    return Interval{std::min(of_raw->low, of_adjusted->low), std::max(of_raw->high, of_adjusted->high)};
}

std::optional<double> StealDecision::p_value() const {
    if (decides == StealDecides::raw) return raw.p_value();
    const auto of_adjusted = adjusted->p_value();
    const auto of_raw = raw.p_value();
    if (decides == StealDecides::adjusted || !of_adjusted || !of_raw) return of_adjusted;
    if ((raw.mean > 0) != (adjusted->mean > 0)) return 1;
    return std::max(*of_raw, *of_adjusted);
}

std::optional<StealDecision> decide_steal(const PairLevels& levels) {
    const auto raw = pooled_mean(levels);
    if (!raw) return std::nullopt;
    StealDecision decision{.raw = *raw, .adjusted = {}, .difference = root_mean_square(levels)};
    if (decision.difference < k_least_steal_difference) return decision;
    const auto fit = at_equal_steal(levels);
    if (!fit || fit->residual_degrees() < least_degrees(levels, decision.difference)) return decision;
    decision.adjusted = fit->mean();
    if (!decision.adjusted->scatter) {
        decision.adjusted.reset();
        return decision;
    }
    decision.decides = one_suffered_more(levels) ? StealDecides::both : StealDecides::adjusted;
    return decision;
}

std::optional<StealDecision> decide_steal_of_some(const PairLevels& some, const PairLevels& all) {
    auto decision = decide_steal(some);
    if (!decision || decision->decides != StealDecides::raw ||
        decision->difference < k_least_steal_difference)
        return decision;
    const auto of_all = decide_steal(all);
    if (of_all->decides == StealDecides::raw) return decision;
    const double slope = steal_slope(all)->mean;
    PairLevels even = some;
    for (std::vector<PairPoint>& level : even)
        for (PairPoint& pair : level)
            pair.log_ratio -= slope * pair.steal_difference;
    decision->adjusted = pooled_mean(even);
    decision->adjusted->scatter.reset();
    decision->decides = of_all->decides;
    return decision;
}

}  // namespace joust::stats
