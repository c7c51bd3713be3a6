#include "load/second_series.hpp"

#include <gtest/gtest.h>

namespace joust::load {
namespace {

using namespace std::chrono_literals;

TEST(SecondSeries, MergesThreadsBySecondEvenWhenEndsComeLate) {
    SecondSeries first;
    SecondSeries second;
    first.succeeded(900ms, 1'000'000);
    first.succeeded(1100ms, 2'000'000);
    first.succeeded(950ms, 2'900'000);  // read after the second began, arrived before
    first.failed(5500ms);
    second.succeeded(1500ms, 4'000'000);
    const auto series = merged({first.take(), second.take()}, 6s);
    ASSERT_EQ(series.size(), 6U);
    EXPECT_EQ(series[0].second, 0);
    EXPECT_EQ(series[0].succeeded, 2U);
    EXPECT_EQ(series[0].response_time_max_ns, 2'900'000);
    EXPECT_EQ(series[0].response_time_p99_ns, 2'900'000);  // its counter's middle is above
    EXPECT_EQ(series[1].succeeded, 2U);
    EXPECT_NEAR(static_cast<double>(series[1].response_time_p99_ns), 4e6, 2e5);
    EXPECT_EQ(series[5].second, 5);
    EXPECT_EQ(series[5].failed, 1U);
    EXPECT_EQ(series[5].succeeded, 0U);
}

TEST(SecondSeries, HasEverySecondOfTheWindowAlsoThoseInWhichNothingEnded) {
    SecondSeries one;
    SecondSeries other;
    one.succeeded(1200ms, 5000);
    other.failed(1900ms);
    other.succeeded(4100ms, 7000);
    const auto series = merged({one.take(), other.take()}, 5500ms);
    ASSERT_EQ(series.size(), 6U);
    for (std::size_t i = 0; i < series.size(); ++i) {
        EXPECT_EQ(series[i].second, static_cast<std::int64_t>(i));
        EXPECT_EQ(series[i].succeeded, i == 1 || i == 4 ? 1U : 0U);
        EXPECT_EQ(series[i].failed, i == 1 ? 1U : 0U);
    }
    EXPECT_EQ(series[0], model::SecondOfLoad{});
    EXPECT_EQ(series[4].response_time_max_ns, 7000);
}

TEST(SecondSeries, EndsWithTheWindow) {
    EXPECT_EQ(merged({}, 3s).size(), 3U);
    EXPECT_EQ(merged({}, 1ns).size(), 1U);
    SecondSeries last;  // a load that ends by count ends with its last answer
    last.succeeded(2s, 1);
    EXPECT_EQ(merged({last.take()}, 2s).size(), 3U);
}

}  // namespace
}  // namespace joust::load
