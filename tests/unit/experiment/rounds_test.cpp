#include "experiment/rounds.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace joust::experiment {
namespace {

using namespace std::chrono_literals;

TEST(Slices, AreTenOfTheDurationUnlessToldOtherwise) {
    const Slices slices = slices_of(10s, 10);
    EXPECT_EQ(slices.rounds, 10);
    EXPECT_EQ(slices.length, 1s);
    EXPECT_EQ(slices.warm_up, 200ms);
    EXPECT_EQ(slices_of(60s, 30).length, 2s);
}

TEST(Slices, AreAtLeastFiveAndNotTooShort) {
    EXPECT_EQ(slices_of(700ms, 10).rounds, 7);
    EXPECT_EQ(slices_of(100ms, 10).rounds, 5);
    EXPECT_EQ(slices_of(100ms, 10).warm_up, 20ms);
    EXPECT_EQ(slices_of(60s, 3).rounds, 3);
    EXPECT_EQ(slices_of(60s, 3).warm_up, 1s);
}

TEST(Turns, HaveEveryTargetOnceInEveryRound) {
    for (const auto& order : turns(50, 3, 1)) {
        std::vector<std::size_t> sorted = order;
        std::sort(sorted.begin(), sorted.end());
        EXPECT_EQ(sorted, (std::vector<std::size_t>{0, 1, 2}));
    }
}

TEST(Turns, FollowTheSeed) {
    EXPECT_EQ(turns(20, 2, 7), turns(20, 2, 7));
    EXPECT_NE(turns(20, 2, 7), turns(20, 2, 8));
}

TEST(Turns, StartWithEachTargetAboutEquallyOften) {
    int first = 0;
    for (const auto& order : turns(1000, 2, 3))
        first += order.front() == 0 ? 1 : 0;
    EXPECT_NEAR(first, 500, 80);  // five standard deviations; the seed is fixed
}

}  // namespace
}  // namespace joust::experiment
