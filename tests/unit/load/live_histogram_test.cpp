#include "load/live_histogram.hpp"

#include <gtest/gtest.h>

#include "load/second_series.hpp"

namespace joust::load {
namespace {

using namespace std::chrono_literals;

TEST(LiveHistogram, KeepsValuesToSixPercent) {
    for (std::int64_t value = 0; value < 1'000'000'000'000; value = value * 21 / 20 + 1) {
        const std::int64_t kept = LiveHistogram::value_at(LiveHistogram::index_of(value));
        EXPECT_NEAR(static_cast<double>(kept), static_cast<double>(value),
                    static_cast<double>(value) / 16 + 0.5);
    }
    EXPECT_EQ(LiveHistogram::index_of(-5), 0U);
    EXPECT_EQ(LiveHistogram::index_of(std::numeric_limits<std::int64_t>::max()), LiveHistogram::k_size - 1);
}

TEST(LiveHistogram, SubtractsToWhatHappenedInBetween) {
    LiveHistogram early;
    early.record(1000);
    LiveHistogram late = early;
    late.record(5'000'000);
    late.record(5'000'000);
    EXPECT_EQ(late.since(early).count(), 2U);
    EXPECT_NEAR(static_cast<double>(late.since(early).value_at_quantile(0.5)), 5e6, 2e5);
    EXPECT_EQ(LiveHistogram().value_at_quantile(0.5), 0);
}

TEST(SecondSeries, MergesThreadsBySecondEvenWhenEndsComeLate) {
    SecondSeries first;
    SecondSeries second;
    first.succeeded(900ms, 1'000'000);
    first.succeeded(1100ms, 2'000'000);
    first.succeeded(950ms, 2'900'000);  // read after the second began, arrived before
    first.failed(5500ms);
    second.succeeded(1500ms, 4'000'000);
    const auto series = merged({first.take(), second.take()});
    ASSERT_EQ(series.size(), 3U);
    EXPECT_EQ(series[0].second, 0);
    EXPECT_EQ(series[0].succeeded, 2U);
    EXPECT_EQ(series[0].response_time_max_ns, 2'900'000);
    EXPECT_EQ(series[0].response_time_p99_ns, 2'900'000);  // its counter's middle is above
    EXPECT_EQ(series[1].succeeded, 2U);
    EXPECT_NEAR(static_cast<double>(series[1].response_time_p99_ns), 4e6, 2e5);
    EXPECT_EQ(series[2].second, 5);
    EXPECT_EQ(series[2].failed, 1U);
    EXPECT_EQ(series[2].succeeded, 0U);
}

}  // namespace
}  // namespace joust::load
