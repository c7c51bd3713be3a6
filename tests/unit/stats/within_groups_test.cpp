#include "stats/within_groups.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace joust::stats {
namespace {

// Computed in Python, the p-value by the closed form of Student's t with four degrees of freedom.
TEST(WithinGroups, tells_a_correlation_without_what_sets_groups_apart) {
    const Groups x{{1, 2, 3}, {10, 11, 14, 13}};
    const Groups y{{2, 3, 5}, {1, 1.5, 2, 4}};
    const auto found = correlation_within(x, y);
    ASSERT_TRUE(found);
    EXPECT_NEAR(found->coefficient, 0.6897007348075542, 1e-12);
    EXPECT_NEAR(found->p_value, 0.06474488511616294, 1e-9);
    EXPECT_NEAR(deviation_within(x).value(), 1.5491933384829668, 1e-12);

    const auto falling = correlation_within(x, {{-2, -3, -5}, {-1, -1.5, -2, -4}});
    ASSERT_TRUE(falling);
    EXPECT_NEAR(falling->coefficient, -0.6897007348075542, 1e-12);
    EXPECT_NEAR(falling->p_value, 0.9352551148838371, 1e-9) << "one-sided: of a positive one";
}

TEST(WithinGroups, is_sure_of_a_line) {
    const Groups x{{1, 2, 4, 8, 16}};
    EXPECT_EQ(correlation_within(x, x), (Correlation{.coefficient = 1, .p_value = 0}));
    EXPECT_EQ(correlation_within(x, {{-1, -2, -4, -8, -16}}), (Correlation{.coefficient = -1, .p_value = 1}));
}

TEST(WithinGroups, tells_no_correlation_of_what_does_not_vary) {
    const double same = std::log(998.25);
    const Groups constant{{same, same, same}, {1, 1, 1}};
    const Groups varied{{1, 2, 4}, {3, 2, 5}};
    EXPECT_EQ(deviation_within(constant), 0) << "exactly, whatever the mean is rounded to";
    EXPECT_FALSE(correlation_within(constant, varied));
    EXPECT_FALSE(correlation_within(varied, constant));
    EXPECT_TRUE(correlation_within(varied, varied));
}

TEST(WithinGroups, needs_repeats) {
    EXPECT_FALSE(deviation_within({}));
    EXPECT_FALSE(deviation_within({{1}, {2}, {}}));
    EXPECT_TRUE(deviation_within({{1}, {2, 3}}));
    const Groups three_degrees{{1, 2}, {3, 5}, {4, 8}, {1}};
    EXPECT_FALSE(correlation_within(three_degrees, three_degrees));
    const Groups four_degrees{{1, 2}, {3, 5}, {4, 8}, {1, 3}};
    EXPECT_TRUE(correlation_within(four_degrees, four_degrees));
}

}  // namespace
}  // namespace joust::stats
