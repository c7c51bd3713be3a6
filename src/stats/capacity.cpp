#include "stats/capacity.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/random.hpp"
#include "stats/quantile.hpp"
#include "stats/student_t.hpp"

namespace joust::stats {
namespace {

constexpr double k_degrees_of_normal = 1e6;  // Student's t with so many is the normal distribution

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

// What is told of a law.
enum Told : std::size_t { k_gamma, k_alpha, k_beta, k_peak_users, k_peak_throughput, k_told };
using Figures = std::array<double, k_told>;

Figures figures_of(const Usl& law, const Interval& range) {
    const Peak top = greatest_within(law, range);
    return {law.gamma, law.alpha, law.beta, top.users, top.throughput};
}

double standard_error(const std::vector<double>& trials) {
    const auto n = static_cast<double>(trials.size());
    const double mean = mean_of(trials);
    double squares = 0;
    for (const double trial : trials)
        squares += (trial - mean) * (trial - mean);
    return std::sqrt(squares / (n - 1) / n);
}

// Few trials tell little of their own scatter, and percentiles alone are too narrow: by how much is Student's
// t against the normal, with Satterthwaite's degrees of freedom of the levels' parts in each figure. A
// level's part is what the figure changes by when the level's mean is raised by its standard error.
Figures stretches(std::span<const TrialsAtLevel> levels, const Figures& at, double confidence) {
    Figures sum{};
    Figures squares{};
    const Interval range = range_of(levels);
    for (std::size_t raised = 0; raised < levels.size(); ++raised) {
        std::vector<Point> points = means_of(levels);
        points[raised].throughput += standard_error(levels[raised].throughputs);
        const auto law = fit_usl(points);
        if (!law) continue;
        const Figures there = figures_of(*law, range);
        for (std::size_t i = 0; i < k_told; ++i) {
            const double part = (there[i] - at[i]) * (there[i] - at[i]);
            sum[i] += part;
            squares[i] += part * part / static_cast<double>(levels[raised].throughputs.size() - 1);
        }
    }
    Figures result{};
    const double tail = 0.5 + confidence / 2;
    const double normal = student_t_quantile(tail, k_degrees_of_normal);
    for (std::size_t i = 0; i < k_told; ++i)
        result[i] = squares[i] > 0 ? student_t_quantile(tail, sum[i] * sum[i] / squares[i]) / normal : 1;
    return result;
}

using Resamples = std::array<std::vector<double>, k_told>;

Resamples resampled(std::span<const TrialsAtLevel> levels, std::uint64_t seed) {
    Random random = random_for(seed, "universal scalability law");
    const Interval range = range_of(levels);
    Resamples all;
    for (int i = 0; i < k_resamples; ++i) {
        std::vector<Point> points;
        for (const TrialsAtLevel& level : levels)
            points.push_back({.users = level.users, .throughput = resampled_mean(level.throughputs, random)});
        const auto law = fit_usl(points);
        if (!law) continue;
        const Figures figures = figures_of(*law, range);
        for (std::size_t told = 0; told < k_told; ++told)
            all[told].push_back(figures[told]);
    }
    return all;
}

Interval middle(const std::vector<double>& values, double at, double stretch, double confidence,
                const Interval& bounds) {
    const auto end = [&](double q) {
        return std::clamp(at + (*quantile(values, q) - at) * stretch, bounds.low, bounds.high);
    };
    return {end(0.5 - confidence / 2), end(0.5 + confidence / 2)};
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
    if (all[k_gamma].empty()) return tl::unexpected(NotIdentified::no_fit);
    const Interval range = range_of(levels);
    const Figures at = figures_of(*law, range);
    const Figures stretch = stretches(levels, at, confidence);
    const auto interval = [&](Told told, const Interval& bounds) {
        return middle(all[told], at[told], stretch[told], confidence, bounds);
    };
    const Interval not_below_zero{0, std::numeric_limits<double>::infinity()};
    return Capacity{.law = *law,
                    .gamma = interval(k_gamma, not_below_zero),
                    .alpha = interval(k_alpha, not_below_zero),
                    .beta = interval(k_beta, not_below_zero),
                    .peak = measured_peak(*law, levels),
                    .peak_users = interval(k_peak_users, range),
                    .peak_throughput = interval(k_peak_throughput, not_below_zero)};
}

}  // namespace joust::stats
