#include "stats/mean_interval.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace joust::stats {
namespace {

// Expected values: mean and sd from NumPy, t quantiles from scipy.stats.
TEST(MeanInterval, is_students_t) {
    const auto result = mean_interval(std::vector<double>{3, 5, 4, 8});
    ASSERT_TRUE(result && result->interval);
    EXPECT_EQ(result->n, 4U);
    EXPECT_DOUBLE_EQ(result->mean, 5);
    EXPECT_NEAR(result->interval->low, 1.5625651181416913, 1e-12);
    EXPECT_NEAR(result->interval->high, 8.437434881858309, 1e-12);
}

TEST(MeanInterval, takes_another_confidence) {
    const auto result = mean_interval(std::vector<double>{3, 5, 4}, 0.9);
    ASSERT_TRUE(result && result->interval);
    EXPECT_NEAR(result->interval->low, 2.3141455391529515, 1e-12);
    EXPECT_NEAR(result->interval->high, 5.6858544608470485, 1e-12);
}

TEST(MeanInterval, is_there_from_three_values_on) {
    EXPECT_EQ(mean_interval({}), std::nullopt);
    EXPECT_EQ(mean_interval(std::vector<double>{4}), (MeanInterval{1, 4, std::nullopt}));
    EXPECT_EQ(mean_interval(std::vector<double>{4, 6}), (MeanInterval{2, 5, std::nullopt}));
    EXPECT_EQ(mean_interval(std::vector<double>{4, 4, 4}), (MeanInterval{3, 4, Interval{4, 4}}));
}

}  // namespace
}  // namespace joust::stats
