#include "stats/equal_host.hpp"

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

double speed_of(const PairPoint& pair) {
    return pair.speed->difference();
}

double root_mean_square(const NumbersByLevel& levels) {
    double squares = 0;
    double pairs = 0;
    for (const std::vector<double>& level : levels)
        for (const double difference : level) {
            squares += difference * difference;
            ++pairs;
        }
    return pairs > 0 ? std::sqrt(squares / pairs) : 0;
}

bool differs(const NumbersByLevel& differences) {
    const auto mean = pooled_mean(differences);
    return mean && mean->p_value().value_or(1) < k_host_differs_below;
}

bool all_have_speed(const PairLevels& levels) {
    return std::all_of(levels.begin(), levels.end(), [](const std::vector<PairPoint>& level) {
        return std::all_of(level.begin(), level.end(),
                           [](const PairPoint& pair) { return pair.speed.has_value(); });
    });
}

// Sums of squares and products over trials, about the mean of each side of each level.
struct Sums {
    double speeds = 0;
    double figures = 0;
    double products = 0;

    void add(const std::vector<PairPoint>& level, double SpeedOfPair::* figure, double SpeedOfPair::* speed) {
        double mean_figure = 0;
        double mean_speed = 0;
        const auto count = static_cast<double>(level.size());
        for (const PairPoint& pair : level) {
            mean_figure += *pair.speed.*figure / count;
            mean_speed += *pair.speed.*speed / count;
        }
        for (const PairPoint& pair : level) {
            const double by_figure = *pair.speed.*figure - mean_figure;
            const double by_speed = *pair.speed.*speed - mean_speed;
            figures += by_figure * by_figure;
            speeds += by_speed * by_speed;
            products += by_figure * by_speed;
        }
    }
};

// Where speed differs enough to be worth its slope.
std::optional<SpeedSlope> slope_worth_it(const PairLevels& levels) {
    const auto found = speed_slope(levels);
    if (!found || found->degrees < k_least_degrees_for_adjustment) return std::nullopt;
    return root_mean_square(numbers(levels, speed_of)) < k_least_speed_difference ? std::nullopt : found;
}

PairLevels at_equal_speed(PairLevels levels, const SpeedSlope& slope) {
    for (std::vector<PairPoint>& level : levels)
        for (PairPoint& pair : level)
            pair.log_ratio -= slope.slope * pair.speed->difference();
    return levels;
}

// The slope is an estimate, whose error is in all pairs alike, and it took half a degree from the pairs: it
// was learnt from twice as many trials.
void widen(LogMean& adjusted, const PairLevels& levels, const SpeedSlope& slope) {
    if (!adjusted.scatter) return;
    const auto difference = pooled_mean(numbers(levels, speed_of));
    const auto with_pairs = static_cast<double>(std::count_if(
        levels.begin(), levels.end(), [](const std::vector<PairPoint>& level) { return !level.empty(); }));
    const double degrees = static_cast<double>(adjusted.pairs) - with_pairs;
    const double by_pairs = adjusted.scatter->standard_error * adjusted.scatter->standard_error *
                            (degrees > 0.5 ? degrees / (degrees - 0.5) : 1);
    const double by_slope = difference->mean * slope.standard_error;
    adjusted.scatter->standard_error = std::sqrt(by_pairs + by_slope * by_slope);
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

std::optional<SpeedSlope> speed_slope(const PairLevels& levels) {
    if (!all_have_speed(levels)) return std::nullopt;
    Sums sums;
    std::size_t degrees = 0;
    for (const std::vector<PairPoint>& level : levels) {
        if (level.empty()) continue;
        sums.add(level, &SpeedOfPair::figure_of_entrant, &SpeedOfPair::speed_of_entrant);
        sums.add(level, &SpeedOfPair::figure_of_baseline, &SpeedOfPair::speed_of_baseline);
        degrees += 2 * (level.size() - 1);
    }
    if (degrees < 2 || !(sums.speeds > 0)) return std::nullopt;
    const double slope = sums.products / sums.speeds;
    const double left = std::max(0.0, sums.figures - slope * sums.products);
    --degrees;
    return SpeedSlope{.slope = slope,
                      .standard_error = std::sqrt(left / static_cast<double>(degrees) / sums.speeds),
                      .degrees = degrees};
}

double HostDecision::mean() const {
    if (decides == HostDecides::raw) return raw.mean;
    if (decides == HostDecides::adjusted) return adjusted->mean;
    if ((raw.mean > 0) != (adjusted->mean > 0)) return 0;
    return std::abs(raw.mean) < std::abs(adjusted->mean) ? raw.mean : adjusted->mean;
}

std::optional<Interval> HostDecision::interval(double confidence) const {
    if (decides == HostDecides::raw) return raw.interval(confidence);
    const auto of_adjusted = adjusted->interval(confidence);
    const auto of_raw = raw.interval(confidence);
    if (decides == HostDecides::adjusted || !of_adjusted || !of_raw) return of_adjusted;
    return Interval{std::min(of_raw->low, of_adjusted->low), std::max(of_raw->high, of_adjusted->high)};
}

std::optional<double> HostDecision::p_value() const {
    if (decides == HostDecides::raw) return raw.p_value();
    const auto of_adjusted = adjusted->p_value();
    const auto of_raw = raw.p_value();
    if (decides == HostDecides::adjusted || !of_adjusted || !of_raw) return of_adjusted;
    if ((raw.mean > 0) != (adjusted->mean > 0)) return 1;
    return std::max(*of_raw, *of_adjusted);
}

std::optional<HostDecision> decide_at_equal_host(const PairLevels& levels,
                                                 const std::optional<SpeedSlope>& of_more) {
    const auto raw = pooled_mean(levels);
    if (!raw) return std::nullopt;
    HostDecision decision{.raw = *raw,
                          .adjusted = {},
                          .steal_difference = root_mean_square(numbers(levels, steal_of)),
                          .speed = of_more ? of_more : slope_worth_it(levels)};
    const PairLevels equal = decision.speed ? at_equal_speed(levels, *decision.speed) : levels;
    if (decision.speed) decision.adjusted = pooled_mean(equal);
    if (decision.steal_difference >= k_least_steal_difference) {
        const auto fit = at_equal_steal(equal);
        decision.for_steal =
            fit && fit->residual_degrees() >= k_least_degrees_for_adjustment && fit->mean()->scatter;
        if (decision.for_steal) decision.adjusted = fit->mean();
    }
    if (!decision.adjusted) return decision;
    if (decision.speed) widen(*decision.adjusted, levels, *decision.speed);
    const bool one_suffered_more = (decision.for_steal && differs(numbers(levels, steal_of))) ||
                                   (decision.speed && differs(numbers(levels, speed_of)));
    decision.decides = one_suffered_more ? HostDecides::both : HostDecides::adjusted;
    return decision;
}

}  // namespace joust::stats
