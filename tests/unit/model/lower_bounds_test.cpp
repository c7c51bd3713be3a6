#include "model/lower_bounds.hpp"

#include <gtest/gtest.h>

namespace joust::model {
namespace {

using namespace std::chrono_literals;

void add(Samples& samples, std::uint64_t count, Nanoseconds time, bool censored = false) {
    samples.response_time.record(time.count(), count);
    samples.service_time.record(time.count(), count);
    samples.schedule_lag.record(1000, count);
    if (censored) samples.censored += count;
}

TEST(LowerBounds, AreWhatTouchesATimedOutRequest) {
    Samples samples;
    add(samples, 90, 10ms);
    add(samples, 10, 1s, true);
    const auto response = LowerBounds::of_response_time(samples, 1s);
    EXPECT_FALSE(response.at_quantile(0));
    EXPECT_FALSE(response.at_quantile(0.5));
    EXPECT_FALSE(response.at_quantile(0.9));
    EXPECT_TRUE(response.at_quantile(0.91));
    EXPECT_TRUE(response.at_quantile(1));
    EXPECT_TRUE(response.mean_and_max());
    EXPECT_FALSE(LowerBounds::of_service_time(samples, 1s).at_quantile(0.9));
}

TEST(LowerBounds, AreEveryFigureWhenNothingWasAnswered) {
    Samples samples;
    add(samples, 4, 1s, true);
    EXPECT_TRUE(LowerBounds::of_response_time(samples, 1s).at_quantile(0));
    EXPECT_TRUE(LowerBounds::of_response_time(samples, 1s).at_quantile(0.5));
}

TEST(LowerBounds, AreNoneWithoutSuchARequest) {
    Samples samples;
    add(samples, 100, 5s);  // slower than the timeout, yet answered: a histogram's bin may reach beyond it
    const auto bounds = LowerBounds::of_response_time(samples, 1s);
    EXPECT_FALSE(bounds.at_quantile(0.99));
    EXPECT_FALSE(bounds.mean_and_max());
    EXPECT_FALSE(LowerBounds::of_response_time(Samples{}, 1s).at_quantile(0.5));
}

TEST(LowerBounds, ALoadThatWasStoppedLeavesAgesOfAnyLength) {
    Samples samples;
    for (int i = 1; i <= 10'000; ++i)
        add(samples, 1, i * 1us);
    add(samples, 50, 1us, true);
    samples.requests.unfinished = 50;
    const auto bounds = LowerBounds::of_response_time(samples, 1s);
    EXPECT_FALSE(bounds.at_quantile(0.9));  // 50 ranks further up is within 1 %
    EXPECT_TRUE(bounds.at_quantile(0.2));   // here it is 2.5 %
    EXPECT_TRUE(bounds.at_quantile(0.999));
}

}  // namespace
}  // namespace joust::model
