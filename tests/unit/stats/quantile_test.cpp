#include "stats/quantile.hpp"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace joust::stats {
namespace {

// Expected values: numpy.quantile.
TEST(Quantile, is_linear_between_the_order_statistics) {
    const std::vector<double> values = {0.1, 0.25, 0.4, 0.7, 0.15, 0.3};
    for (const auto& [q, expected] : std::vector<std::pair<double, double>>{
             {0, 0.1}, {0.1, 0.125}, {0.25, 0.175}, {0.5, 0.275}, {0.9, 0.55}, {0.99, 0.685}, {1, 0.7}})
        EXPECT_DOUBLE_EQ(*quantile(values, q), expected) << q;
}

TEST(Quantile, stays_within_the_values) {
    const std::vector<double> values = {3, 1, 2};
    EXPECT_EQ(quantile(values, -0.5), 1);
    EXPECT_EQ(quantile(values, 1.5), 3);
    EXPECT_EQ(quantile(std::vector<double>{7}, 0.3), 7);
}

TEST(Quantile, of_nothing_is_nothing) {
    EXPECT_EQ(quantile({}, 0.5), std::nullopt);
    EXPECT_EQ(median({}), std::nullopt);
}

TEST(Median, is_the_middle_or_between_the_two_in_the_middle) {
    EXPECT_EQ(median(std::vector<double>{9, 1, 5}), 5);
    EXPECT_EQ(median(std::vector<double>{9, 1, 5, 6}), 5.5);
}

}  // namespace
}  // namespace joust::stats
