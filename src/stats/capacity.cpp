#include "stats/capacity.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/random.hpp"
#include "stats/quantile.hpp"

namespace joust::stats {
namespace {

double mean_of(const std::vector<double>& values) {
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

std::vector<Point> means_of(std::span<const TrialsAtLevel> levels) {
    std::vector<Point> points;
    for (const TrialsAtLevel& level : levels)
        if (!level.throughputs.empty())
            points.push_back({.users = level.users, .throughput = mean_of(level.throughputs)});
    return points;
}

bool enough_rise(const std::vector<Point>& points) {
    double largest = 0;
    for (const Point& point : points)
        largest = std::max(largest, point.throughput);
    return std::count_if(points.begin(), points.end(), [largest](const Point& point) {
               return point.throughput < k_share_of_maximum * largest;
           }) >= k_least_rising_levels;
}

Interval range_of(std::span<const TrialsAtLevel> levels) {
    const auto [least, most] = std::minmax_element(
        levels.begin(), levels.end(), [](const auto& a, const auto& b) { return a.users < b.users; });
    return {least->users, most->users};
}

// Where throughput is greatest inside the range, be it at an end of it.
Peak greatest_within(const Usl& law, const Interval& range) {
    const auto top = peak(law);
    const double beyond = law.beta > 0 ? range.low : range.high;
    const double users = std::clamp(top ? top->users : beyond, range.low, range.high);
    return {.users = users, .throughput = law.at(users)};
}

double resampled_mean(const std::vector<double>& trials, Random& random) {
    const auto n = static_cast<double>(trials.size());
    double sum = 0;
    for (std::size_t i = 0; i < trials.size(); ++i)
        sum += trials[uniform_below(random, trials.size())];
    const double mean = mean_of(trials);
    return mean + (sum / n - mean) * std::sqrt(n / (n - 1));
}

struct Resamples {
    std::vector<double> gamma;
    std::vector<double> alpha;
    std::vector<double> beta;
    std::vector<double> peak_users;
    std::vector<double> peak_throughput;

    void add(const Usl& law, const Interval& range) {
        gamma.push_back(law.gamma);
        alpha.push_back(law.alpha);
        beta.push_back(law.beta);
        const Peak top = greatest_within(law, range);
        peak_users.push_back(top.users);
        peak_throughput.push_back(top.throughput);
    }
};

Interval middle(const std::vector<double>& values, double confidence) {
    return {*quantile(values, 0.5 - confidence / 2), *quantile(values, 0.5 + confidence / 2)};
}

Resamples resampled(std::span<const TrialsAtLevel> levels, std::uint64_t seed) {
    Random random = random_for(seed, "universal scalability law");
    const Interval range = range_of(levels);
    Resamples all;
    for (int i = 0; i < k_resamples; ++i) {
        std::vector<Point> points;
        for (const TrialsAtLevel& level : levels)
            points.push_back({.users = level.users, .throughput = resampled_mean(level.throughputs, random)});
        if (const auto law = fit_usl(points)) all.add(*law, range);
    }
    return all;
}

}  // namespace

tl::expected<Usl, NotIdentified> identified_usl(std::span<const TrialsAtLevel> levels) {
    const std::vector<Point> points = means_of(levels);
    if (!enough_rise(points)) return tl::unexpected(NotIdentified::few_rising_levels);
    const auto law = fit_usl(points);
    if (!law) return tl::unexpected(NotIdentified::no_fit);
    return *law;
}

std::optional<Peak> measured_peak(const Usl& law, std::span<const TrialsAtLevel> levels) {
    const auto top = peak(law);
    if (!top || levels.empty()) return std::nullopt;
    const Interval range = range_of(levels);
    return top->users >= range.low && top->users <= range.high ? top : std::nullopt;
}

tl::expected<Capacity, NotIdentified> usl_bootstrap(std::span<const TrialsAtLevel> levels, std::uint64_t seed,
                                                    double confidence) {
    const auto law = identified_usl(levels);
    if (!law) return tl::unexpected(law.error());
    if (std::any_of(levels.begin(), levels.end(),
                    [](const auto& level) { return level.throughputs.size() < 2; }))
        return tl::unexpected(NotIdentified::one_trial);
    const Resamples all = resampled(levels, seed);
    if (all.gamma.empty()) return tl::unexpected(NotIdentified::no_fit);
    return Capacity{.law = *law,
                    .gamma = middle(all.gamma, confidence),
                    .alpha = middle(all.alpha, confidence),
                    .beta = middle(all.beta, confidence),
                    .peak = measured_peak(*law, levels),
                    .peak_users = middle(all.peak_users, confidence),
                    .peak_throughput = middle(all.peak_throughput, confidence)};
}

}  // namespace joust::stats
