#include "stats/log_mean.hpp"

#include <gtest/gtest.h>

namespace joust::stats {
namespace {

// scipy.stats.t.interval and t.sf, of 9.766314993570893 degrees of freedom.
TEST(LogMean, has_students_interval_and_p_value) {
    const LogMean mean{15, 0.04778970651427321, Scatter{0.0022995835678165403, 9.766314993570893}};
    EXPECT_NEAR(mean.interval(0.95)->low, 0.04264924801355284, 1e-12);
    EXPECT_NEAR(mean.interval(0.95)->high, 0.05293016501499358, 1e-12);
    EXPECT_NEAR(*mean.p_value(), 2.073297288629016e-09, 1e-17);
}

TEST(LogMean, leaves_out_zero_exactly_when_its_p_value_is_small) {
    for (const double mean : {0.01, 0.02, 0.03, 0.04, -0.025}) {
        const LogMean of{4, mean, Scatter{0.01, 3}};
        const Interval interval = *of.interval(0.95);
        EXPECT_EQ(interval.low > 0 || interval.high < 0, *of.p_value() < 0.05) << mean;
    }
}

TEST(LogMean, is_certain_where_nothing_scatters) {
    const LogMean apart{4, 0.1, Scatter{0, 3}};
    EXPECT_EQ(*apart.interval(0.95), (Interval{0.1, 0.1}));
    EXPECT_EQ(apart.p_value(), 0);
    EXPECT_EQ((LogMean{4, 0, Scatter{0, 3}}.p_value()), 1);
}

TEST(LogMean, says_nothing_without_a_scatter) {
    const LogMean mean{2, 0.1, {}};
    EXPECT_FALSE(mean.interval(0.95));
    EXPECT_FALSE(mean.p_value());
}

}  // namespace
}  // namespace joust::stats
