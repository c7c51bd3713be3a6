#include "load/pacing/open_pacing.hpp"

#include <gtest/gtest.h>

#include "unit/load/pacing/launches.hpp"

namespace joust::load {
namespace {

using namespace std::chrono_literals;
using How = Freed::How;

/// 100 requests per second from 0 on, with a timeout of 50 ms.
struct Schedule100 {
    explicit Schedule100(std::size_t places, std::optional<std::uint64_t> requests = {},
                         OpenLoop loop = OpenLoop::constant_rate(100))
        : plan(plan_of(std::move(loop))),
          allowance(requests),
          pacing(plan, {.connections = places}, allowance) {
        pacing.prepare(0);
        pacing.start(at(0ns));
    }
    static LoadPlan plan_of(OpenLoop loop) {
        LoadPlan plan;
        plan.curve = RateCurve::create(loop.segments).value();
        plan.options.schedule = std::move(loop);
        plan.options.timeout = 50ms;
        return plan;
    }
    LoadPlan plan;
    Allowance allowance;
    OpenPacing pacing;
    Launches launches;
};

TEST(OpenPacing, BeginsWhatIsDueHoweverLateTheThreadIs) {
    Schedule100 load(10);
    EXPECT_EQ(load.launches.run(load.pacing, at(25ms)), 3U);
    EXPECT_EQ(load.launches.begun,
              (std::vector<Launches::Begun>{{0, 0ms, 0ms}, {1, 10ms, 10ms}, {2, 20ms, 20ms}}));
    EXPECT_EQ(load.pacing.next(at(25ms)), at(30ms));
}

TEST(OpenPacing, LetsARequestWaitForAPlaceAndCountsItFromWhenItWasDue) {
    Schedule100 load(1);
    load.launches.run(load.pacing, at(0ns));
    EXPECT_EQ(load.launches.run(load.pacing, at(12ms)), 0U);
    EXPECT_EQ(load.pacing.next(at(12ms)), at(60ms));  // only its timeout is of interest
    load.pacing.freed(0, {How::succeeded, true}, at(13ms), load.launches);
    EXPECT_EQ(load.launches.run(load.pacing, at(13ms)), 1U);
    EXPECT_EQ(load.launches.begun.back(), (Launches::Begun{0, 10ms, 12ms}));
}

TEST(OpenPacing, ShedsWhatFoundNoPlaceBeforeItsTimeout) {
    Schedule100 load(1);
    load.launches.run(load.pacing, at(0ns));
    EXPECT_EQ(load.launches.run(load.pacing, at(65ms)), 0U);
    EXPECT_EQ(load.launches.all_shed, (std::vector<Launches::Shed>{{10ms, 60ms, true}}));
}

TEST(OpenPacing, ShedsAtTheEndWhatWasDueAndNotBegun) {
    Schedule100 load(1);
    load.allowance.end_at(at(25ms));
    EXPECT_EQ(load.launches.run(load.pacing, at(24ms)), 1U);
    load.pacing.finish(at(40ms), load.launches);
    EXPECT_EQ(load.launches.all_shed,
              (std::vector<Launches::Shed>{{10ms, 40ms, false}, {20ms, 40ms, false}}));
}

TEST(OpenPacing, IsDoneWhenNothingMoreIsDueInTheWindow) {
    Schedule100 load(10);
    EXPECT_FALSE(load.pacing.is_done(at(0ns)));
    load.allowance.end_at(at(25ms));
    load.launches.run(load.pacing, at(20ms));
    EXPECT_TRUE(load.pacing.is_done(at(20ms)));  // the next one would be due at 30 ms
}

TEST(OpenPacing, IsDoneWithTheCountOrWithAScheduleThatHasEnded) {
    Schedule100 counted(10, 2);
    EXPECT_EQ(counted.launches.run(counted.pacing, at(100ms)), 2U);
    EXPECT_TRUE(counted.pacing.is_done(at(100ms)));

    Schedule100 ended(10, 50, OpenLoop::ramp(100, 0, 40ms));
    EXPECT_EQ(ended.launches.run(ended.pacing, at(40ms)), 2U);
    EXPECT_TRUE(ended.pacing.is_done(at(40ms)));  // a count that cannot be reached is not waited for

    Schedule100 until_the_end(10, {}, OpenLoop::ramp(100, 0, 40ms));
    until_the_end.launches.run(until_the_end.pacing, at(40ms));
    EXPECT_FALSE(until_the_end.pacing.is_done(at(40ms)));  // the window goes on
}

TEST(OpenPacing, BeginsEachLapFromItsStart) {
    Schedule100 load(10);
    load.launches.run(load.pacing, at(55ms));
    load.pacing.prepare(1);
    load.pacing.start(at(1s));
    EXPECT_EQ(load.launches.run(load.pacing, at(1s)), 1U);
    EXPECT_EQ(load.launches.begun.back().due, 1s);
}

}  // namespace
}  // namespace joust::load
