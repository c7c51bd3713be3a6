#include "support/kolmogorov_smirnov.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <utility>
#include <vector>

namespace joust::stats {
namespace {

// Values at the middles of n equally probable parts of the unit interval, bent by a power.
std::vector<double> bent(int n, double power) {
    std::vector<double> values;
    for (int i = 0; i < n; ++i)
        values.push_back(std::pow((i + 0.5) / n, power));
    return values;
}

// Expected values: scipy.stats.kstwobign.sf.
TEST(KolmogorovTail, has_the_published_values) {
    for (const auto& [distance, expected] :
         std::vector<std::pair<double, double>>{{0.3, 0.9999906941986655},
                                                {0.5, 0.9639452436648751},
                                                {0.8, 0.5441424115741981},
                                                {1, 0.26999967167735456},
                                                {1.358, 0.05002679733444698},
                                                {2, 0.0006709252557796953}})
        EXPECT_NEAR(test::kolmogorov_tail(distance), expected, 1e-9) << distance;
    EXPECT_EQ(test::kolmogorov_tail(0), 1);
    EXPECT_NEAR(test::kolmogorov_tail(1.18 - 1e-12), test::kolmogorov_tail(1.18), 1e-9);
}

// Expected values: scipy.stats.kstest, exact.
TEST(UniformPValue, is_near_the_exact_test) {
    EXPECT_NEAR(*test::uniform_p_value(bent(20, 1), 0, 1), 1, 1e-6);
    EXPECT_NEAR(*test::uniform_p_value(bent(20, 2), 0, 1), 0.0803, 0.02);
    EXPECT_NEAR(*test::uniform_p_value(bent(100, 1.3), 0, 1), 0.2402, 0.02);
}

TEST(UniformPValue, looks_at_the_stated_interval) {
    std::vector<double> values = bent(50, 1);
    for (double& value : values)
        value = 10 + 5 * value;
    EXPECT_GT(*test::uniform_p_value(values, 10, 15), 0.99);
    EXPECT_LT(*test::uniform_p_value(values, 10, 20), 1e-6);
    EXPECT_LT(*test::uniform_p_value(values, 0, 15), 1e-6);
}

TEST(ExponentialPValue, tells_the_right_mean_from_a_wrong_one) {
    std::vector<double> values;
    for (const double probability : bent(50, 1))
        values.push_back(-2 * std::log(1 - probability));
    EXPECT_NEAR(*test::exponential_p_value(values, 2), 1, 1e-6);
    EXPECT_NEAR(*test::exponential_p_value(values, 3), 0.1471, 0.02);
}

TEST(KolmogorovSmirnov, of_nothing_says_nothing) {
    EXPECT_EQ(test::uniform_p_value({}, 0, 1), std::nullopt);
    EXPECT_EQ(test::exponential_p_value({}, 1), std::nullopt);
}

}  // namespace
}  // namespace joust::stats
