#include "stats/within_levels.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace joust::stats {
namespace {

// NIST, Statistical Reference Datasets, linear regression: Norris, with its certified values.
TEST(WithinLevels, hits_nists_certified_regression) {
    const std::vector<double> x{0.2,   337.4, 118.2, 884.6, 10.1,  226.5, 666.3, 996.3, 448.6,
                                777.0, 558.2, 0.4,   0.6,   775.5, 666.9, 338.0, 447.5, 11.6,
                                556.0, 228.1, 995.8, 887.6, 120.2, 0.3,   0.3,   556.8, 339.1,
                                887.2, 999.0, 779.0, 11.1,  118.3, 229.2, 669.1, 448.9, 0.5};
    WithinLevels fit({{0.1, 338.8, 118.1, 888.0, 9.2,   228.1, 668.5, 998.5, 449.1, 778.9, 559.2, 0.3,
                       0.1, 778.1, 668.8, 339.3, 448.9, 10.8,  557.7, 228.3, 998.0, 888.8, 119.6, 0.3,
                       0.6, 557.6, 339.3, 888.0, 998.5, 778.9, 10.2,  117.6, 228.9, 668.4, 449.2, 0.2}});
    ASSERT_TRUE(fit.take_out({x}));
    const auto intercept = fit.mean();
    ASSERT_TRUE(intercept && intercept->scatter);
    EXPECT_NEAR(intercept->mean, -0.262323073774029, 1e-11);
    EXPECT_NEAR(intercept->scatter->standard_error, 0.232818234301152, 1e-11);
    EXPECT_NEAR(intercept->scatter->degrees, 34, 1e-9);
    const auto slope = fit.slope();
    ASSERT_TRUE(slope && slope->scatter);
    EXPECT_NEAR(slope->mean, 1.00211681802045, 1e-13);
    EXPECT_NEAR(slope->scatter->standard_error, 0.429796848199937e-3, 1e-13);
    EXPECT_NEAR(fit.residual_sum_of_squares(), 26.6173985294224, 1e-9);
}

TEST(WithinLevels, takes_out_only_what_varies_within_levels) {
    WithinLevels fit({{0.1, 0.2, 0.3}, {0.5, 0.4}});
    EXPECT_FALSE(fit.take_out({{7, 7, 7}, {9, 9}})) << "that is the levels' own difference";
    EXPECT_FALSE(fit.slope());
    EXPECT_TRUE(fit.take_out({{1, 0, 0}, {0, 1}}));
    EXPECT_FALSE(fit.take_out({{5, 3, 3}, {8, 10}})) << "that is the one before, times two";
    EXPECT_EQ(fit.residual_degrees(), 2U);
}

TEST(WithinLevels, has_no_scatter_where_slopes_took_all_degrees) {
    WithinLevels fit({{0.1, 0.2}, {0.5, 0.4}});
    ASSERT_TRUE(fit.take_out({{1, 0}, {0, 0}}));
    ASSERT_TRUE(fit.take_out({{0, 0}, {0, 1}}));
    EXPECT_EQ(fit.residual_degrees(), 0U);
    EXPECT_FALSE(fit.mean()->scatter);
}

// A slope that was learnt from the first level alone leaves it nothing to tell its own scatter from.
TEST(WithinLevels, gives_a_level_without_degrees_the_largest_variance_of_others) {
    WithinLevels fit({{0.1, 0.2}, {0.5, 0.4}});
    ASSERT_TRUE(fit.take_out({{1, 0}, {0, 0}}));
    const auto mean = fit.mean();
    ASSERT_TRUE(mean && mean->scatter);
    EXPECT_NEAR(mean->mean, (0.2 + 0.45) / 2, 1e-12) << "at 0 of the covariate";
    // Variance 0.005; weights of the first level 0 and 1/2, of the second 1/4 and 1/4.
    EXPECT_NEAR(mean->scatter->standard_error, std::sqrt(0.005 * (0.25 + 0.125)), 1e-12);
    EXPECT_NEAR(mean->scatter->degrees, 1, 1e-12) << "one variance was estimated, with one degree";
}

TEST(WithinLevels, counts_a_variance_that_a_lone_pair_takes_over_once) {
    const auto mean = WithinLevels({{0.0}, {0.1, 0.3, 0.2}}).mean();
    ASSERT_TRUE(mean && mean->scatter);
    EXPECT_NEAR(mean->scatter->standard_error, std::sqrt(0.01 * (1.0 / 4 + 1.0 / 12)), 1e-12);
    EXPECT_NEAR(mean->scatter->degrees, 2, 1e-12);
}

// Squares 0 and 0.02 over one and two degrees: variances 0.02 / 3 and 0.01, with weights 1/8 and 1/12.
TEST(WithinLevels, gives_two_pairs_the_variance_of_all_levels_together_at_least) {
    const auto mean = WithinLevels({{0.1, 0.1}, {0.2, 0.3, 0.4}}).mean();
    ASSERT_TRUE(mean && mean->scatter);
    EXPECT_NEAR(mean->scatter->standard_error, std::sqrt(0.02 / 3 / 8 + 0.01 / 12), 1e-12);
    EXPECT_NEAR(mean->scatter->degrees, 8.0 / 3, 1e-12);
}

TEST(WithinLevels, of_nothing_is_nothing) {
    EXPECT_FALSE(WithinLevels({}).mean());
    EXPECT_FALSE(WithinLevels({{}, {}}).mean());
}

}  // namespace
}  // namespace joust::stats
