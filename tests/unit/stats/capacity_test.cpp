#include "stats/capacity.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "base/random.hpp"

namespace joust::stats {
namespace {

std::vector<TrialsAtLevel> ladder(const Usl& law, std::initializer_list<double> users, int trials = 4) {
    Random random(3);
    std::vector<TrialsAtLevel> levels;
    for (const double n : users) {
        levels.push_back({.users = n, .throughputs = {}});
        for (int i = 0; i < trials; ++i)
            levels.back().throughputs.push_back(law.at(n) * (0.97 + 0.06 * uniform_open(random)));
    }
    return levels;
}

constexpr Usl k_law{100, 0.03, 1e-4, 0};  // peak at 98.5 users

TEST(Capacity, is_told_with_intervals_that_hold_the_law) {
    const auto levels = ladder(k_law, {1, 4, 16, 50, 200, 500});
    const auto capacity = usl_bootstrap(levels, 5);
    ASSERT_TRUE(capacity);
    const auto holds = [](const Interval& interval, double value) {
        return interval.low < value && value < interval.high;
    };
    EXPECT_TRUE(holds(capacity->gamma, 100)) << capacity->gamma.low << " to " << capacity->gamma.high;
    EXPECT_TRUE(holds(capacity->alpha, 0.03)) << capacity->alpha.low << " to " << capacity->alpha.high;
    EXPECT_TRUE(holds(capacity->beta, 1e-4)) << capacity->beta.low << " to " << capacity->beta.high;
    ASSERT_TRUE(capacity->peak);
    EXPECT_TRUE(holds(capacity->peak_users, 98.5));
    EXPECT_TRUE(holds(capacity->peak_throughput, k_law.at(98.5)));
    const auto again = usl_bootstrap(levels, 5);
    EXPECT_EQ(again->gamma, capacity->gamma) << "the seed repeats it";
}

TEST(Capacity, is_not_identified_on_a_plateau) {
    const auto told = usl_bootstrap(ladder({400, 0.95, 1e-6, 0}, {4, 16, 50, 200, 500}), 5);
    ASSERT_FALSE(told);
    EXPECT_EQ(told.error(), NotIdentified::few_rising_levels);
    EXPECT_EQ(usl_bootstrap({}, 5).error(), NotIdentified::few_rising_levels);
}

TEST(Capacity, needs_trials_to_resample) {
    const auto levels = ladder(k_law, {1, 4, 16, 50, 200, 500}, 1);
    EXPECT_TRUE(identified_usl(levels)) << "the law itself does not";
    EXPECT_EQ(usl_bootstrap(levels, 5).error(), NotIdentified::one_trial);
}

TEST(Capacity, tells_no_peak_beyond_what_was_measured) {
    const auto capacity = usl_bootstrap(ladder({100, 0.01, 1e-6, 0}, {1, 4, 16, 50, 200}), 5);
    ASSERT_TRUE(capacity);
    EXPECT_FALSE(capacity->peak);
    EXPECT_EQ(capacity->peak_users.high, 200) << "or beyond";
}

}  // namespace
}  // namespace joust::stats
