#include "probes/commit_times.hpp"

#include <gtest/gtest.h>

namespace joust::probes {
namespace {

using namespace std::chrono_literals;
using model::SlowCommits;

WallTime at(Nanoseconds time) {
    return WallTime(time);
}

// Three requests of a millisecond each, 100 ms apart.
const std::vector<Answered> k_quick{{at(0ms), at(1ms)}, {at(100ms), at(101ms)}, {at(200ms), at(201ms)}};
// … of 52 ms, whose commits came a millisecond after they were sent.
const std::vector<Answered> k_slow{{at(0ms), at(52ms)}, {at(100ms), at(152ms)}, {at(200ms), at(252ms)}};

TEST(SlowCommits, AreWaitedFor) {
    EXPECT_EQ(slow_commits(k_slow, {.of_tables = {at(1ms), at(101ms), at(201ms)}, .others = {}}),
              (SlowCommits{.delay = 50ms, .requests = 3, .shortest = 51ms}));
}

TEST(SlowCommits, ThatComeBehindTheirAnswersAreToldFromThoseThatNeverCome) {
    EXPECT_EQ(slow_commits(k_quick, {.of_tables = {at(3ms), at(103ms), at(203ms)}, .others = {}}),
              (SlowCommits{.delay = 50ms, .requests = 3, .before_commit = 3}));
    EXPECT_EQ(slow_commits(k_quick, {.of_tables = {at(250ms)}, .others = {}}),
              (SlowCommits{.delay = 50ms, .requests = 3, .before_commit = 3}))
        << "one for all of them, and late";
    EXPECT_EQ(slow_commits(k_quick, {}), (SlowCommits{.delay = 50ms, .requests = 3, .without_commit = 3}))
        << "rolled back, in another database, in a table without a log";
    EXPECT_EQ(slow_commits(k_quick, {.of_tables = {at(-5ms)}, .others = {at(103ms)}}),
              (SlowCommits{.delay = 50ms, .requests = 3, .without_commit = 3}))
        << "what was owed before, and what another did";
}

TEST(SlowCommits, OfOneRequestAreNotThoseOfAnother) {
    EXPECT_EQ(slow_commits(k_slow, {.of_tables = {at(101ms), at(201ms)}, .others = {}}),
              (SlowCommits{.delay = 50ms, .requests = 3, .without_commit = 1, .shortest = 51ms}))
        << "the first did nothing, the others their own work";
}

TEST(SlowCommits, BesideAnothersAreLeftOut) {
    EXPECT_EQ(slow_commits(k_slow, {.of_tables = {at(1ms), at(101ms), at(201ms)}, .others = {at(150ms)}}),
              (SlowCommits{.delay = 50ms, .requests = 2, .shortest = 51ms}));
}

}  // namespace
}  // namespace joust::probes
