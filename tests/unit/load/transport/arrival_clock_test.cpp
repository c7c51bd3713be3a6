#include "load/transport/arrival_clock.hpp"

#include <gtest/gtest.h>

namespace joust::load {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint k_start{1000s};
constexpr Nanoseconds k_offset = 1'700'000'000s;

timespec stamp_of(TimePoint monotonic, Nanoseconds offset) {
    const Nanoseconds real = monotonic.time_since_epoch() + offset;
    return {.tv_sec = real / 1s, .tv_nsec = (real % 1s).count()};
}

TEST(ArrivalClock, TurnsStampsIntoMonotonicTime) {
    ArrivalClock clock;
    clock.set_offset(k_offset, k_start);
    const Arrival arrival = clock.arrival(stamp_of(k_start + 3ms, k_offset), k_start + 5ms);
    EXPECT_TRUE(arrival.stamped);
    EXPECT_EQ(arrival.arrived, k_start + 3ms);
    EXPECT_EQ(arrival.read, k_start + 5ms);
}

TEST(ArrivalClock, TakesTheReadingWhereThereIsNoStamp) {
    ArrivalClock clock;
    clock.set_offset(k_offset, k_start);
    const Arrival arrival = clock.arrival({}, k_start + 5ms);
    EXPECT_FALSE(arrival.stamped);
    EXPECT_EQ(arrival.arrived, k_start + 5ms);
}

TEST(ArrivalClock, NeverLetsAnAnswerArriveAfterItsReading) {
    ArrivalClock clock;
    clock.set_offset(k_offset, k_start);
    const Arrival close = clock.arrival(stamp_of(k_start + 5ms + 2us, k_offset), k_start + 5ms);
    EXPECT_TRUE(close.stamped);
    EXPECT_EQ(close.arrived, k_start + 5ms);
    EXPECT_FALSE(clock.arrival(stamp_of(k_start + 6ms, k_offset), k_start + 5ms).stamped);
}

TEST(ArrivalClock, FollowsASlewedClock) {
    ArrivalClock clock;
    clock.set_offset(k_offset, k_start);
    clock.set_offset(k_offset + 400us, k_start + 1s);  // 400 ppm
    EXPECT_EQ(clock.steps(), 0U);
    EXPECT_EQ(clock.arrival(stamp_of(k_start + 1s, k_offset + 400us), k_start + 2s).arrived, k_start + 1s);
}

TEST(ArrivalClock, DistrustsStampsFromBeforeAStep) {
    for (const Nanoseconds step : {Nanoseconds(3s), Nanoseconds(-3s)}) {
        ArrivalClock clock;
        clock.set_offset(k_offset, k_start);
        clock.set_offset(k_offset + step, k_start + 10ms);
        EXPECT_EQ(clock.steps(), 1U);
        // Stamped before the step by the old clock, read after it: either way no time to rely on.
        const Arrival before = clock.arrival(stamp_of(k_start + 5ms, k_offset), k_start + 11ms);
        EXPECT_FALSE(before.stamped);
        EXPECT_EQ(before.arrived, k_start + 11ms);
        EXPECT_TRUE(clock.arrival(stamp_of(k_start + 12ms, k_offset + step), k_start + 13ms).stamped);
    }
}

TEST(ArrivalClock, ReadsTheRealOffset) {
    ArrivalClock clock;
    const TimePoint before = now();
    clock.refresh(before);
    const Nanoseconds real = wall_now().time_since_epoch();
    const TimePoint read = now();
    const Arrival arrival = clock.arrival({.tv_sec = real / 1s, .tv_nsec = (real % 1s).count()}, read);
    EXPECT_TRUE(arrival.stamped);
    EXPECT_GE(arrival.arrived, before - 50us);
    EXPECT_LE(arrival.arrived, read);
}

}  // namespace
}  // namespace joust::load
