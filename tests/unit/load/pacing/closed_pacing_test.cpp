#include "load/pacing/closed_pacing.hpp"

#include <gtest/gtest.h>

#include "unit/load/pacing/launches.hpp"

namespace joust::load {
namespace {

using namespace std::chrono_literals;
using How = Freed::How;

/// The users of one thread, all of whom begin at 0.
struct Crowd {
    explicit Crowd(ClosedLoop loop, std::optional<std::uint64_t> requests = {}, Share share = {})
        : allowance(requests),
          pacing((loop.stagger = loop.stagger.value_or(0ns), loop),
                 {.thread = share.thread,
                  .threads = share.threads,
                  .connections = static_cast<std::size_t>(loop.users / share.threads)},
                 allowance, random, live) {
        pacing.prepare(0);
        pacing.start(at(0ns));
    }
    Allowance allowance;
    Random random{random_for(1, "test")};
    LiveCounters live;
    ClosedPacing pacing;
    Launches launches;
};

TEST(ClosedPacing, StaggersUsersInterleavedOverTheThreads) {
    Crowd crowd({.users = 4, .stagger = 400ms}, {}, {.thread = 1, .threads = 2});
    EXPECT_EQ(crowd.launches.run(crowd.pacing, at(99ms)), 0U);
    EXPECT_EQ(crowd.pacing.next(at(99ms)), at(100ms));
    crowd.launches.run(crowd.pacing, at(300ms));
    EXPECT_EQ(crowd.launches.begun, (std::vector<Launches::Begun>{{0, 100ms, 100ms}, {1, 300ms, 300ms}}));
}

TEST(ClosedPacing, BeginsTheNextRequestAtOnceOnAConnectionThatIsThere) {
    Crowd crowd({.users = 1});
    crowd.launches.run(crowd.pacing, at(0ns));
    crowd.pacing.freed(0, {How::succeeded, true}, at(7ms), crowd.launches);
    EXPECT_EQ(crowd.launches.begun.back(), (Launches::Begun{0, 7ms, 7ms}));
}

// The loop begins only so many at once; the answers to these must not take the others' requests of a count.
TEST(ClosedPacing, LetsUsersWhoWereReadyBeforeGoFirst) {
    Crowd crowd({.users = 2}, 2);
    ASSERT_TRUE(crowd.pacing.begin_next(at(0ns), crowd.launches));
    const ExchangeId first = crowd.launches.begun.back().id;
    crowd.pacing.freed(first, {How::succeeded, true}, at(1ms), crowd.launches);
    EXPECT_EQ(crowd.launches.begun.size(), 1U);
    crowd.launches.run(crowd.pacing, at(1ms));
    ASSERT_EQ(crowd.launches.begun.size(), 2U);
    EXPECT_NE(crowd.launches.begun.back().id, first);
}

TEST(ClosedPacing, LeavesTheConnectOfTheNextRequestToTheLoop) {
    Crowd crowd({.users = 1});
    crowd.launches.run(crowd.pacing, at(0ns));
    crowd.pacing.freed(0, {How::succeeded, false}, at(7ms), crowd.launches);
    EXPECT_EQ(crowd.launches.begun.size(), 1U);
    EXPECT_EQ(crowd.pacing.next(at(7ms)), at(7ms));
}

TEST(ClosedPacing, ThinksBetweenRequests) {
    Crowd crowd({.users = 1, .think_time = 20ms});
    crowd.launches.run(crowd.pacing, at(0ns));
    crowd.pacing.freed(0, {How::succeeded, true}, at(5ms), crowd.launches);
    EXPECT_EQ(crowd.pacing.next(at(5ms)), at(25ms));
}

/// The pauses after the given ends, one after the other.
std::vector<Nanoseconds> pauses(const std::vector<How>& ends) {
    Crowd crowd({.users = 1});
    crowd.launches.run(crowd.pacing, at(0ns));
    std::vector<Nanoseconds> all;
    for (const How how : ends) {
        crowd.pacing.freed(0, {how, false}, at(0ns), crowd.launches);
        all.push_back(crowd.pacing.next(at(0ns)).time_since_epoch());
        crowd.launches.run(crowd.pacing, at(1s));
    }
    return all;
}

TEST(ClosedPacing, PausesLongerWithEachErrorInARow) {
    EXPECT_EQ(pauses(std::vector<How>(10, How::failed)),
              (std::vector<Nanoseconds>{1ms, 2ms, 4ms, 8ms, 16ms, 32ms, 64ms, 100ms, 100ms, 100ms}));
    EXPECT_EQ(pauses({How::failed, How::failed, How::succeeded, How::failed}),
              (std::vector<Nanoseconds>{1ms, 2ms, 0ms, 1ms}));
    EXPECT_EQ(pauses({How::failed, How::failed, How::wrong, How::failed}),
              (std::vector<Nanoseconds>{1ms, 2ms, 0ms, 1ms}));
    EXPECT_EQ(pauses({How::failed, How::timed_out, How::failed}), (std::vector<Nanoseconds>{1ms, 1ms, 2ms}));
}

TEST(ClosedPacing, EndsWithTheCount) {
    Crowd crowd({.users = 3}, 2);
    EXPECT_EQ(crowd.launches.run(crowd.pacing, at(0ns)), 2U);
    EXPECT_TRUE(crowd.pacing.is_done(at(0ns)));
    EXPECT_EQ(crowd.pacing.connections_asked(), 2U);  // the third user never had a turn
    crowd.pacing.freed(0, {How::succeeded, true}, at(1ms), crowd.launches);
    EXPECT_EQ(crowd.launches.begun.size(), 2U);
    EXPECT_EQ(crowd.pacing.next(at(1ms)), TimePoint::max());
}

TEST(ClosedPacing, EndsWithTheWindow) {
    Crowd crowd({.users = 1});
    crowd.allowance.end_at(at(10ms));
    EXPECT_FALSE(crowd.pacing.is_done(at(9ms)));
    EXPECT_TRUE(crowd.pacing.is_done(at(10ms)));
    EXPECT_EQ(crowd.launches.run(crowd.pacing, at(10ms)), 0U);
    EXPECT_EQ(crowd.pacing.connections_asked(), 1U);
}

TEST(ClosedPacing, CountsEachUserWithASuccessOnce) {
    Crowd crowd({.users = 2});
    for (const auto& [user, how] : std::vector<std::pair<ExchangeId, How>>{
             {0, How::wrong}, {0, How::succeeded}, {0, How::succeeded}, {1, How::failed}})
        crowd.pacing.freed(user, {how, true}, at(0ns), crowd.launches);
    EXPECT_EQ(crowd.live.users_completed.get(), 1U);
}

}  // namespace
}  // namespace joust::load
