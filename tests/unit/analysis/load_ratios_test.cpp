#include "analysis/load_ratios.hpp"

#include <gtest/gtest.h>

namespace joust::analysis {
namespace {

using namespace std::chrono_literals;

model::LoadSlice slice(int round, std::size_t target, std::uint64_t completed, std::int64_t time_ns) {
    model::LoadSlice slice{.round = round, .target = target};
    slice.samples.window = 1s;
    slice.samples.completed_in_window = completed;
    if (time_ns > 0) slice.samples.response_time.record(time_ns, 100);
    return slice;
}

TEST(LoadRatios, PairWithinRoundsSoThatDriftOfTheHostCancels) {
    std::vector<model::LoadSlice> slices;
    for (int round = 0; round < 5; ++round) {
        const std::uint64_t pace = 1000U
                                   << static_cast<unsigned>(round);  // the host doubles its speed each round
        slices.push_back(slice(round, 1, pace * 11 / 10, 500));
        slices.push_back(slice(round, 0, pace, 1000));
    }
    const auto ratios = load_ratios(slices, 2, 30s);
    ASSERT_EQ(ratios.size(), 3U);
    EXPECT_EQ(ratios[0].quantity, model::Quantity::goodput);
    EXPECT_EQ(ratios[0].pairs, 5U);
    EXPECT_NEAR(ratios[0].ratio.value(), 1.1, 1e-9);
    ASSERT_TRUE(ratios[0].interval.has_value());
    EXPECT_NEAR(ratios[0].interval->high, 1.1, 1e-9);
    EXPECT_TRUE(ratios[0].difference_shown());
    EXPECT_EQ(ratios[2].quantity, model::Quantity::response_time_p99);
    EXPECT_NEAR(ratios[2].ratio.value(), 0.5, 1e-3);
}

TEST(LoadRatios, ShowNoDifferenceWhereTheIntervalHoldsOne) {
    std::vector<model::LoadSlice> slices;
    for (int round = 0; round < 6; ++round) {
        slices.push_back(slice(round, 0, 1000, 1000));
        slices.push_back(slice(round, 1, round % 2 == 0 ? 1200 : 850, 1000));
    }
    EXPECT_FALSE(load_ratios(slices, 2, 30s).front().difference_shown());
}

TEST(LoadRatios, NeedThreePairsForAnInterval) {
    const std::vector<model::LoadSlice> slices{slice(0, 0, 10, 9), slice(0, 1, 30, 9), slice(1, 1, 30, 9),
                                               slice(1, 0, 10, 9)};
    const auto ratios = load_ratios(slices, 2, 30s);
    EXPECT_EQ(ratios.front().pairs, 2U);
    EXPECT_FALSE(ratios.front().interval.has_value());
    EXPECT_FALSE(ratios.front().difference_shown());
}

TEST(LoadRatios, AreNoneWhereOneServedNothingInARound) {
    const std::vector<model::LoadSlice> slices{slice(0, 0, 10, 9), slice(0, 1, 0, 0), slice(1, 0, 10, 9),
                                               slice(1, 1, 20, 9), slice(2, 0, 10, 9)};
    const auto ratios = load_ratios(slices, 2, 30s);
    ASSERT_EQ(ratios.size(), 3U);
    for (const model::LoadRatio& ratio : ratios) {
        EXPECT_EQ(ratio.rounds, 2U);  // the third was never completed
        EXPECT_EQ(ratio.pairs, 1U);
        EXPECT_FALSE(ratio.ratio.has_value()) << row(ratio.quantity).name;
        EXPECT_FALSE(ratio.interval.has_value()) << row(ratio.quantity).name;
    }
    const std::vector<model::LoadSlice> dead{slice(0, 0, 10, 9), slice(0, 1, 0, 0)};
    ASSERT_EQ(load_ratios(dead, 2, 30s).size(), 3U);
    EXPECT_EQ(load_ratios(dead, 2, 30s).front().pairs, 0U);
}

// Of two users one is served, and the other's request was sent before each slice and waits through it.
TEST(LoadRatios, OfATimeAreNoneWhereUsersStarve) {
    std::vector<model::LoadSlice> slices;
    for (int round = 0; round < 3; ++round)
        for (const std::size_t target : {std::size_t{0}, std::size_t{1}}) {
            slices.push_back(slice(round, target, 500, 2'000'000));
            slices.back().samples.requests.started = 500;
            slices.back().samples.response_time_sum = 1s;
            slices.back().samples.in_flight_mean = target == 1 ? 2 : 1;
        }
    const auto ratios = load_ratios(slices, 2, 30s);
    ASSERT_EQ(ratios.size(), 3U);
    EXPECT_NEAR(ratios[0].ratio.value(), 1, 1e-9) << "goodput stands";
    EXPECT_FALSE(ratios[1].ratio.has_value());
    EXPECT_FALSE(ratios[2].ratio.has_value());
}

TEST(LoadRatios, OfATimeAreNoneWhereItIsOnlyALowerBound) {
    std::vector<model::LoadSlice> slices;
    for (int round = 0; round < 3; ++round) {
        slices.push_back(slice(round, 0, 100, 1'000'000));
        slices.push_back(slice(round, 1, 100, 1'000'000));
    }
    model::Samples& last = slices.back().samples;
    last.response_time.record(Nanoseconds(1s).count(), 3);  // 3 of 103 timed out
    last.censored = 3;
    const auto ratios = load_ratios(slices, 2, 1s);
    EXPECT_TRUE(ratios[0].ratio.has_value());  // goodput
    EXPECT_TRUE(ratios[1].ratio.has_value());  // p50
    EXPECT_FALSE(ratios[2].ratio.has_value());
    EXPECT_EQ(ratios[2].pairs, 2U);
}

TEST(LoadRatios, CompareEachTargetWithTheFirst) {
    const std::vector<model::LoadSlice> slices{slice(0, 2, 40, 9), slice(0, 0, 10, 9), slice(0, 1, 20, 9)};
    const auto ratios = load_ratios(slices, 3, 30s);
    ASSERT_EQ(ratios.size(), 6U);
    EXPECT_EQ(ratios[0].target, 1U);
    EXPECT_NEAR(ratios[0].ratio.value(), 2, 1e-9);
    EXPECT_EQ(ratios[3].target, 2U);
    EXPECT_NEAR(ratios[3].ratio.value(), 4, 1e-9);
}

}  // namespace
}  // namespace joust::analysis
