#include "base/clock.hpp"

#include <gtest/gtest.h>

namespace joust {
namespace {

TEST(Clock, writes_wall_time_in_utc) {
    const WallTime time{std::chrono::seconds(1772368245) + std::chrono::milliseconds(999)};
    EXPECT_EQ(iso_time(time), "2026-03-01T12:30:45Z");
    EXPECT_EQ(compact_time(time), "20260301T123045Z");
}

TEST(Clock, converts_seconds_both_ways) {
    EXPECT_EQ(seconds(Nanoseconds(1'500'000'000)), 1.5);
    EXPECT_EQ(from_seconds(1.5), Nanoseconds(1'500'000'000));
    EXPECT_EQ(from_seconds(0.1 + 0.2), Nanoseconds(300'000'000));  // rounded, not cut off
    EXPECT_EQ(from_seconds(-0.25), Nanoseconds(-250'000'000));
}

TEST(Clock, goes_on) {
    const TimePoint before = now();
    EXPECT_GE(now(), before);
    EXPECT_GT(wall_now(), WallTime(std::chrono::seconds(1'700'000'000)));
}

}  // namespace
}  // namespace joust
