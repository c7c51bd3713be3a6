#include "load/live_histogram.hpp"

#include <gtest/gtest.h>

namespace joust::load {
namespace {

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

}  // namespace
}  // namespace joust::load
