#include "stats/within_levels.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace joust::stats {
namespace {

// A covariate is taken as explained by earlier ones when less than this share of its length is left.
constexpr double k_least_share_left = 1e-6;
// Equal values differ from their mean by no more than such a share of themselves.
constexpr double k_rounding = 1e-13;
// A level with fewer degrees of freedom left says nothing on its variance: whole ones are at least one, and a
// fraction remains where most of what a slope was learnt from lies in the level.
constexpr double k_least_degrees_of_level = 0.5;
// Two pairs are often alike by chance, and what is then left of a level that scatters most makes the whole
// interval too narrow.
constexpr double k_degrees_of_two_pairs = 1;
// Below so many residual degrees what a slope costs is made good: twelve pairs of three levels have eight
// beside one. Levels of more pairs can do without.
constexpr std::size_t k_few_degrees = 9;
// More of it covers in less than 94 % where one of three levels scatters three times as much as the others,
// less of it finds a true 10 % in less than 95 % (bench/statistics).
constexpr double k_share_made_good = 0.7;

std::vector<double> flat(const NumbersByLevel& levels) {
    std::vector<double> all;
    for (const std::vector<double>& level : levels)
        all.insert(all.end(), level.begin(), level.end());
    return all;
}

double product(const std::vector<double>& a, const std::vector<double>& b) {
    return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

void subtract(std::vector<double>& from, double times, const std::vector<double>& what) {
    for (std::size_t i = 0; i < from.size(); ++i)
        from[i] -= times * what[i];
}

// What a level tells on its variance, and what that weighs in the estimate's.
struct Level {
    double weight = 0;
    double squares = 0;
    double degrees = 0;

    bool tells() const { return degrees >= k_least_degrees_of_level; }
    double variance() const { return squares / degrees; }
};

// A level's part in the variance of an estimate.
struct Part {
    double variance;
    double degrees;
};

// Satterthwaite's degrees of freedom are too few where levels' variances differ by chance alone, which makes
// intervals too wide. Where few degrees are left, most of that is made good by unbiased estimates of the
// squares: of a variance's, its square times f / (f + 2), and of the sum's, less twice the rest.
double degrees_of(double sum, const std::vector<Part>& parts, bool few) {
    double all = 0;
    double squares = 0;
    double unbiased = 0;
    for (const Part& part : parts) {
        all += part.degrees;
        squares += part.variance * part.variance / part.degrees;
        unbiased += part.variance * part.variance / (part.degrees + 2);
    }
    const double published = sum * sum / squares;
    if (!few) return published;
    return published + k_share_made_good * (std::min(all, sum * sum / unbiased - 2) - published);
}

// Levels that tell of their variance, at most two pairs' worth of it not less than the levels have together.
// Those that tell nothing have the largest variance of these, and are counted with it: what is estimated once
// has its degrees of freedom once.
std::vector<Level> those_that_tell(const std::vector<Level>& levels) {
    std::vector<Level> telling;
    double squares = 0;
    double degrees = 0;
    double weight_of_others = 0;
    for (const Level& level : levels) {
        if (!level.tells()) {
            weight_of_others += level.weight;
            continue;
        }
        telling.push_back(level);
        squares += level.squares;
        degrees += level.degrees;
    }
    for (Level& level : telling)
        if (level.degrees <= k_degrees_of_two_pairs)
            level.squares = std::max(level.squares, squares / degrees * level.degrees);
    const auto largest = std::max_element(
        telling.begin(), telling.end(),
        [](const Level& one, const Level& other) { return one.variance() < other.variance(); });
    if (largest != telling.end()) largest->weight += weight_of_others;
    return telling;
}

std::optional<Scatter> combined(const std::vector<Level>& levels, bool few) {
    double sum = 0;
    double all_degrees = 0;
    std::vector<Part> parts;
    for (const Level& level : those_that_tell(levels)) {
        parts.push_back({.variance = level.weight * level.variance(), .degrees = level.degrees});
        sum += parts.back().variance;
        all_degrees += level.degrees;
    }
    if (parts.empty()) return std::nullopt;
    if (!(sum > 0)) return Scatter{.standard_error = 0, .degrees = all_degrees};
    return Scatter{.standard_error = std::sqrt(sum), .degrees = degrees_of(sum, parts, few)};
}

}  // namespace

WithinLevels::WithinLevels(const NumbersByLevel& values) : values_(flat(values)) {
    for (const std::vector<double>& level : values) {
        if (level.empty()) continue;
        level_.insert(level_.end(), level.size(), sizes_.size());
        sizes_.push_back(static_cast<double>(level.size()));
    }
}

bool WithinLevels::take_out(const NumbersByLevel& covariate) {
    const std::vector<double> all = flat(covariate);
    Direction next{.unit = centred(all), .mean_of_means = mean_of_means(all), .length = 0};
    const double before = std::sqrt(product(next.unit, next.unit));
    for (const Direction& earlier : directions_) {
        const double shared = product(next.unit, earlier.unit);
        subtract(next.unit, shared, earlier.unit);
        next.mean_of_means -= shared * earlier.mean_of_means;
    }
    next.length = std::sqrt(product(next.unit, next.unit));
    if (!(next.length > k_least_share_left * before)) return false;
    for (double& value : next.unit)
        value /= next.length;
    next.mean_of_means /= next.length;
    directions_.push_back(std::move(next));
    return true;
}

std::optional<LogMean> WithinLevels::mean() const {
    if (values_.empty()) return std::nullopt;
    std::vector<double> weights;
    for (const std::size_t level : level_)
        weights.push_back(1 / (sizes_[level] * static_cast<double>(sizes_.size())));
    for (const Direction& direction : directions_)
        subtract(weights, direction.mean_of_means, direction.unit);
    return LogMean{.pairs = pairs(), .mean = product(weights, values_), .scatter = scatter(weights)};
}

std::optional<LogMean> WithinLevels::slope() const {
    if (directions_.empty()) return std::nullopt;
    std::vector<double> weights = directions_.back().unit;
    for (double& weight : weights)
        weight /= directions_.back().length;
    return LogMean{.pairs = pairs(), .mean = product(weights, values_), .scatter = scatter(weights)};
}

std::size_t WithinLevels::residual_degrees() const {
    const std::size_t used = sizes_.size() + directions_.size();
    return used < pairs() ? pairs() - used : 0;
}

double WithinLevels::residual_sum_of_squares() const {
    const std::vector<double> left = residuals();
    return product(left, left);
}

std::vector<double> WithinLevels::centred(const std::vector<double>& values) const {
    std::vector<double> means(sizes_.size());
    for (std::size_t i = 0; i < values.size(); ++i)
        means[level_[i]] += values[i] / sizes_[level_[i]];
    std::vector<double> result = values;
    for (std::size_t i = 0; i < values.size(); ++i) {
        result[i] -= means[level_[i]];
        if (std::abs(result[i]) < k_rounding * std::abs(values[i])) result[i] = 0;
    }
    return result;
}

double WithinLevels::mean_of_means(const std::vector<double>& values) const {
    double sum = 0;
    for (std::size_t i = 0; i < values.size(); ++i)
        sum += values[i] / sizes_[level_[i]];
    return sum / static_cast<double>(sizes_.size());
}

std::vector<double> WithinLevels::residuals() const {
    std::vector<double> left = centred(values_);
    for (const Direction& direction : directions_)
        subtract(left, product(direction.unit, left), direction.unit);
    return left;
}

std::optional<Scatter> WithinLevels::scatter(const std::vector<double>& weights) const {
    if (pairs() < k_least_values_for_interval || residual_degrees() == 0) return std::nullopt;
    std::vector<Level> levels(sizes_.size());
    for (std::size_t level = 0; level < levels.size(); ++level)
        levels[level].degrees = sizes_[level] - 1;
    const std::vector<double> left = residuals();
    for (std::size_t i = 0; i < left.size(); ++i) {
        Level& level = levels[level_[i]];
        level.weight += weights[i] * weights[i];
        level.squares += left[i] * left[i];
        for (const Direction& direction : directions_)
            level.degrees -= direction.unit[i] * direction.unit[i];
    }
    return combined(levels, !directions_.empty() && residual_degrees() < k_few_degrees);
}

}  // namespace joust::stats
