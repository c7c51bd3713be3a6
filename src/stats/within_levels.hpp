#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "stats/log_mean.hpp"

namespace joust::stats {

/// A number for each pair of each level.
using NumbersByLevel = std::vector<std::vector<double>>;

/// Least squares within levels: every level has a mean of its own, and covariates have one slope over all
/// levels. What is estimated (the mean of the levels' means, a slope) is a weighted sum of the pairs; its
/// variance is the sum over levels of the weights' squares times the level's own variance, with the degrees
/// of freedom of Satterthwaite (An approximate distribution of estimates of variance components, Biometrics
/// Bulletin 2, 1946), most of whose bias is taken away where a slope was taken out of few pairs. A slope
/// takes its degree of freedom from the levels that it was learnt from, in proportion to their share in its
/// sum of squares. A level of one pair takes the largest variance of the others, one of two pairs at least
/// that of all levels together.
class WithinLevels {
public:
    /// Levels without a pair are left out.
    explicit WithinLevels(const NumbersByLevel& values);

    /// Takes the slope on `covariate` (shaped as the values) out of the values. False, and nothing is done,
    /// where the covariate does not vary within levels, or only as those before it do.
    bool take_out(const NumbersByLevel& covariate);

    /// The mean of the levels' means where every covariate is 0. Empty without a pair.
    std::optional<LogMean> mean() const;
    /// The slope on the covariate that was taken out last. Empty where none was.
    std::optional<LogMean> slope() const;

    std::size_t pairs() const { return values_.size(); }
    /// Pairs less levels and slopes.
    std::size_t residual_degrees() const;
    double residual_sum_of_squares() const;

private:
    // A covariate without level means and without what earlier ones explain, of length 1.
    struct Direction {
        std::vector<double> unit;
        double mean_of_means;  // of the covariate, by the same steps
        double length;         // before it was made 1
    };

    std::vector<double> centred(const std::vector<double>& values) const;
    double mean_of_means(const std::vector<double>& values) const;
    std::vector<double> residuals() const;
    std::optional<Scatter> scatter(const std::vector<double>& weights) const;

    std::vector<double> values_;
    std::vector<std::size_t> level_;  // of each value
    std::vector<double> sizes_;       // of the levels
    std::vector<Direction> directions_;
};

}  // namespace joust::stats
