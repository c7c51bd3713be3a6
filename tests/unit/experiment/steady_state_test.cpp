#include "experiment/steady_state.hpp"

#include <gtest/gtest.h>

namespace joust::experiment {
namespace {

using namespace std::chrono_literals;

// Feeds readings every 100 ms; goodput and response time may depend on the time in seconds.
struct Feed {
    SteadyState state;
    WarmUpReading reading;

    explicit Feed(std::uint64_t users) : state(users) {}

    template <typename Goodput, typename ResponseTime>
    void run(double length_s, Goodput goodput, ResponseTime response_time_ms, std::uint64_t users_completed) {
        for (double end = seconds(reading.since_start) + length_s;
             seconds(reading.since_start) < end - 0.05;) {
            reading.since_start += 100ms;
            const double t = seconds(reading.since_start);
            const auto completed = static_cast<std::uint64_t>(goodput(t) / 10);
            reading.completed += completed;
            reading.response_time_sum +=
                from_seconds(static_cast<double>(completed) * response_time_ms(t) / 1000);
            reading.users_completed = users_completed;
            state.add(reading);
        }
    }
};

constexpr auto constant(double value) {
    return [value](double) { return value; };
}

TEST(SteadyState, ASteadyLoadIsSteadyAfterSixBins) {
    Feed feed(10);
    feed.run(1.7, constant(1000), constant(10), 10);
    EXPECT_FALSE(feed.state.steady()) << "300 ms bins, the sixth is not full";
    feed.run(0.2, constant(1000), constant(10), 10);
    EXPECT_TRUE(feed.state.steady()) << feed.state.why_not();
}

TEST(SteadyState, RisingGoodputIsNotSteady) {
    Feed feed(10);
    feed.run(2.5, [](double t) { return 400 * t; }, constant(10), 10);
    EXPECT_FALSE(feed.state.steady());
    EXPECT_NE(feed.state.why_not().find("goodput still moved by"), std::string::npos) << feed.state.why_not();
    feed.run(2.0, constant(1000), constant(10), 10);
    EXPECT_TRUE(feed.state.steady()) << "it settled: " << feed.state.why_not();
}

TEST(SteadyState, RisingResponseTimeIsNotSteady) {
    Feed feed(10);
    feed.run(2.5, constant(1000), [](double t) { return 10 * t; }, 10);
    EXPECT_NE(feed.state.why_not().find("response time still moved by"), std::string::npos)
        << feed.state.why_not();
}

TEST(SteadyState, GoodputMaySettleBeforeTheResponseTimeDoes) {
    Feed feed(10);
    feed.run(1.0, constant(1000), constant(10), 10);
    EXPECT_FALSE(feed.state.goodput_steady()) << "too few bins to tell";
    feed.run(1.5, constant(1000), [](double t) { return 10 * t; }, 10);
    EXPECT_TRUE(feed.state.goodput_steady());
    EXPECT_FALSE(feed.state.steady());
}

TEST(SteadyState, EveryUserMustHaveHadItsTurn) {
    Feed feed(10);
    feed.run(5, constant(1000), constant(10), 9);
    EXPECT_EQ(feed.state.why_not(), "9 of 10 users had completed a request");
}

TEST(SteadyState, FewCompletionsMakeLongerBins) {
    Feed feed(1);
    feed.run(2.5, constant(100), constant(10), 1);
    EXPECT_FALSE(feed.state.steady()) << "bins of 50 completions last 500 ms here; six need 3 s";
    feed.run(0.6, constant(100), constant(10), 1);
    EXPECT_TRUE(feed.state.steady()) << feed.state.why_not();
}

TEST(SteadyState, SaysWhetherRequestsOrTimeWereTooFew) {
    Feed slow(1);
    slow.run(1.5, constant(100), constant(10), 1);
    EXPECT_EQ(slow.state.why_not(), "only 150 completions in 1.5 s: too few to tell");
    Feed fast(1);
    fast.run(1.5, constant(10'000), constant(1), 1);
    EXPECT_EQ(fast.state.why_not(), "1.5 s are too short to tell");
}

TEST(SteadyState, NothingAtAllIsNeverSteady) {
    Feed feed(0);
    feed.run(5, constant(0), constant(0), 0);
    EXPECT_NE(feed.state.why_not().find("only 0 completions"), std::string::npos);
    EXPECT_EQ(feed.state.twice_mean_response_time(), 0ns);
}

TEST(SteadyState, KnowsTwiceTheMeanResponseTime) {
    Feed feed(1);
    feed.run(1, constant(100), constant(40), 1);
    EXPECT_EQ(feed.state.twice_mean_response_time(), 80ms);
}

}  // namespace
}  // namespace joust::experiment
