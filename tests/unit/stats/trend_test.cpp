#include "stats/trend.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace joust::stats {
namespace {

// Computed in Python, the p-value by the closed form of Student's t with four degrees of freedom.
TEST(Trend, is_the_line_of_least_squares) {
    const auto found = trend(std::vector<double>{312, 267, 284, 301, 250, 243});
    ASSERT_TRUE(found);
    EXPECT_NEAR(found->change, -0.2352616604879731, 1e-12);
    EXPECT_NEAR(found->p_value, 0.09819082993249073, 1e-9);
}

TEST(Trend, is_sure_where_nothing_scatters) {
    const auto found = trend(std::vector<double>{125, 115, 105, 95, 85, 75});
    ASSERT_TRUE(found);
    EXPECT_NEAR(found->change, -0.6, 1e-12);
    EXPECT_NEAR(found->p_value, 0, 1e-9);
    EXPECT_EQ(trend(std::vector<double>{7, 7, 7, 7}), (Trend{.change = 0, .p_value = 1}));
}

TEST(Trend, needs_values) {
    EXPECT_FALSE(trend(std::vector<double>{1, 2, 3}));
    EXPECT_FALSE(trend(std::vector<double>{0, 0, 0, 0, 0}));
    EXPECT_FALSE(trend({}));
}

}  // namespace
}  // namespace joust::stats
