#include "load/transport/patience.hpp"

#include <gtest/gtest.h>

namespace joust::load {
namespace {

using std::chrono::microseconds;

Pace pace_of(Nanoseconds response_time) {
    Pace pace;
    for (int i = 0; i < 1000; ++i)
        pace.answered(response_time, true);
    return pace;
}

TEST(Pace, NobodyWaitsBeforeTheFirstAnswer) {
    EXPECT_EQ(Pace().patience(1000, true), Patience{});
    EXPECT_EQ(Pace().patience(1000, false), Patience{});
}

TEST(Pace, UsersAreDelayedByASixteenthOfTheResponseTimeAtMost) {
    EXPECT_EQ(pace_of(microseconds(800)).patience(64, true).most, microseconds(50));
    EXPECT_EQ(pace_of(microseconds(800)).patience(64, true).enough, 32);
}

TEST(Pace, NeverMoreThanATenthOfAMillisecond) {
    EXPECT_EQ(pace_of(microseconds(50'000)).patience(10'000, true).most, microseconds(100));
    EXPECT_EQ(pace_of(microseconds(50)).patience(64, false).most, microseconds(100));
}

// 200 answers a second: hardly ever two of them within the time that a wait may take.
TEST(Pace, SlowAnswersAreReadAtOnce) {
    EXPECT_EQ(pace_of(microseconds(50'000)).patience(10, true), Patience{});
    EXPECT_EQ(pace_of(microseconds(50'000)).patience(10, false), Patience{});
}

TEST(Pace, ALoneUserIsNotDelayed) {
    EXPECT_EQ(pace_of(microseconds(20)).patience(1, true), Patience{});
    EXPECT_EQ(pace_of(microseconds(20)).patience(31, true), Patience{});
    EXPECT_GT(pace_of(microseconds(20)).patience(32, true).most, Nanoseconds{0});
}

TEST(Pace, WithoutTheKernelsStampALateReadingWouldBeALongerLatency) {
    Pace pace = pace_of(microseconds(800));
    pace.answered(microseconds(800), false);
    EXPECT_EQ(pace.patience(64, true), Patience{});
}

TEST(Pace, FollowsTheResponseTimes) {
    Pace pace = pace_of(microseconds(800));
    for (int i = 0; i < 1000; ++i)
        pace.answered(microseconds(1600), true);
    EXPECT_NEAR(static_cast<double>(pace.patience(64, true).most.count()), 100e3, 100);
}

}  // namespace
}  // namespace joust::load
