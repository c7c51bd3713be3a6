#include "stats/student_t.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace joust::stats {
namespace {

struct Row {
    double value, degrees, expected;
};

// Expected values: scipy.stats.t, cdf and ppf.
TEST(StudentT, has_the_published_distribution) {
    for (const auto& [t, degrees, expected] : std::vector<Row>{{0.5, 1, 0.6475836176504333},
                                                               {2, 3, 0.9303370157205785},
                                                               {-1.5, 8, 0.08600164597595561},
                                                               {3.25, 11, 0.9961323854065798},
                                                               {1, 2.5, 0.7979694863608632},
                                                               {12, 4, 0.9998617857257485},
                                                               {0, 7, 0.5}})
        EXPECT_NEAR(student_t_cdf(t, degrees), expected, 1e-12) << t << " with " << degrees;
}

TEST(StudentT, has_the_published_quantiles) {
    for (const auto& [p, degrees, expected] : std::vector<Row>{{0.975, 1, 12.706204736174694},
                                                               {0.975, 2, 4.302652729749462},
                                                               {0.975, 3, 3.1824463052837078},
                                                               {0.975, 8, 2.306004135204166},
                                                               {0.975, 100, 1.9839715185235518},
                                                               {0.95, 11, 1.7958848187040433},
                                                               {0.025, 5, -2.5705818356363155},
                                                               {0.995, 30, 2.7499956535672254},
                                                               {0.9995, 3, 12.923978636687961}})
        EXPECT_NEAR(student_t_quantile(p, degrees), expected, 1e-9) << p << " with " << degrees;
}

TEST(StudentT, never_throws) {
    EXPECT_TRUE(std::isnan(student_t_quantile(1.5, 3)));
    EXPECT_TRUE(std::isnan(student_t_cdf(1, -1)));
}

}  // namespace
}  // namespace joust::stats
