#include "stats/paired_ratio.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace joust::stats {
namespace {

std::vector<double> logs(std::initializer_list<double> ratios) {
    std::vector<double> result;
    for (const double ratio : ratios)
        result.push_back(std::log(ratio));
    return result;
}

// Expected values: NumPy and scipy.stats.
TEST(PairedRatio, is_the_geometric_mean_with_a_t_interval) {
    const auto result = paired_ratio(logs({1.1, 1.2, 1.05, 1.15}));
    ASSERT_TRUE(result && result->interval);
    EXPECT_EQ(result->pairs, 4U);
    EXPECT_NEAR(result->ratio, 1.12360915, 1e-8);
    EXPECT_NEAR(result->interval->low, 1.02542159, 1e-8);
    EXPECT_NEAR(result->interval->high, 1.2311985, 1e-7);
}

TEST(PairedRatio, turns_around_with_the_contenders) {
    const auto there = paired_ratio(logs({1.3, 0.9, 1.2}));
    const auto back = paired_ratio(logs({1 / 1.3, 1 / 0.9, 1 / 1.2}));
    ASSERT_TRUE(there && back && there->interval && back->interval);
    EXPECT_NEAR(there->ratio * back->ratio, 1, 1e-12);
    EXPECT_NEAR(there->interval->low * back->interval->high, 1, 1e-12);
}

TEST(PairedRatio, has_no_interval_below_three_pairs) {
    EXPECT_EQ(paired_ratio({}), std::nullopt);
    const auto two = paired_ratio(logs({2, 8}));
    ASSERT_TRUE(two);
    EXPECT_EQ(two->pairs, 2U);
    EXPECT_NEAR(two->ratio, 4, 1e-12);
    EXPECT_EQ(two->interval, std::nullopt);
}

TEST(LogRatio, needs_two_numbers_above_zero) {
    EXPECT_NEAR(*log_ratio(6, 3), std::log(2), 1e-15);
    EXPECT_NEAR(*log_ratio(3, 6), -std::log(2), 1e-15);
    const double infinite = std::numeric_limits<double>::infinity();
    for (const auto& [a, b] : std::vector<std::pair<double, double>>{
             {0, 1}, {1, 0}, {-1, -1}, {infinite, 1}, {1, infinite}, {std::nan(""), 1}, {1, std::nan("")}})
        EXPECT_EQ(log_ratio(a, b), std::nullopt) << a << " to " << b;
}

}  // namespace
}  // namespace joust::stats
