#include "stats/paired_ratio.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

namespace joust::stats {
namespace {

std::vector<double> logs(std::initializer_list<double> ratios) {
    std::vector<double> result;
    for (const double ratio : ratios)
        result.push_back(std::log(ratio));
    return result;
}

// Expected values: NumPy and scipy.stats.
TEST(PairedRatio, is_the_geometric_mean_with_a_t_interval) {
    const auto result = paired_ratio(logs({1.1, 1.2, 1.05, 1.15}));
    ASSERT_TRUE(result && result->interval);
    EXPECT_EQ(result->pairs, 4U);
    EXPECT_NEAR(result->ratio, 1.12360915, 1e-8);
    EXPECT_NEAR(result->interval->low, 1.02542159, 1e-8);
    EXPECT_NEAR(result->interval->high, 1.2311985, 1e-7);
}

TEST(PairedRatio, turns_around_with_the_contenders) {
    const auto there = paired_ratio(logs({1.3, 0.9, 1.2}));
    const auto back = paired_ratio(logs({1 / 1.3, 1 / 0.9, 1 / 1.2}));
    ASSERT_TRUE(there && back && there->interval && back->interval);
    EXPECT_NEAR(there->ratio * back->ratio, 1, 1e-12);
    EXPECT_NEAR(there->interval->low * back->interval->high, 1, 1e-12);
}

TEST(PairedRatio, has_no_interval_below_three_pairs) {
    EXPECT_EQ(paired_ratio({}), std::nullopt);
    const auto two = paired_ratio(logs({2, 8}));
    ASSERT_TRUE(two);
    EXPECT_EQ(two->pairs, 2U);
    EXPECT_NEAR(two->ratio, 4, 1e-12);
    EXPECT_EQ(two->interval, std::nullopt);
}

TEST(LogRatio, needs_two_numbers_above_zero) {
    EXPECT_NEAR(*log_ratio(6, 3), std::log(2), 1e-15);
    EXPECT_NEAR(*log_ratio(3, 6), -std::log(2), 1e-15);
    const double infinite = std::numeric_limits<double>::infinity();
    for (const auto& [a, b] : std::vector<std::pair<double, double>>{
             {0, 1}, {1, 0}, {-1, -1}, {infinite, 1}, {1, infinite}, {std::nan(""), 1}, {1, std::nan("")}})
        EXPECT_EQ(log_ratio(a, b), std::nullopt) << a << " to " << b;
}

// Goodput of FastAPI and Django in three blocks of 4, 50 and 200 users, of two real runs. The intervals were
// computed independently, with SciPy.
using Level = std::vector<std::pair<double, double>>;

std::optional<PairedRatio> pooled(const std::vector<Level>& levels) {
    std::vector<std::vector<double>> logs;
    for (const Level& level : levels) {
        logs.emplace_back();
        for (const auto& [contender, baseline] : level)
            logs.back().push_back(*log_ratio(contender, baseline));
    }
    return pooled_ratio(logs);
}

TEST(PooledRatio, has_the_interval_of_the_scatter_within_levels) {
    const auto a = pooled({{{316.6, 353.0}, {310.4, 348.4}, {273.4, 350.0}},
                           {{367.4, 353.4}, {337.6, 341.0}, {330.6, 333.2}},
                           {{335.8, 341.6}, {322.8, 344.8}, {296.6, 310.8}}});
    ASSERT_TRUE(a && a->interval);
    EXPECT_EQ(a->pairs, 9U);
    EXPECT_NEAR(a->ratio, 0.9376, 5e-5);
    EXPECT_NEAR(a->interval->low, 0.8887, 5e-5);
    EXPECT_NEAR(a->interval->high, 0.9892, 5e-5);
    const auto b = pooled({{{316.2, 364.6}, {309.4, 354.2}, {303.0, 359.6}},
                           {{381.6, 376.2}, {345.2, 355.4}, {348.0, 365.4}},
                           {{346.0, 358.4}, {319.6, 354.8}, {325.0, 339.0}}});
    ASSERT_TRUE(b && b->interval);
    EXPECT_NEAR(b->ratio, 0.9257, 5e-5);
    EXPECT_NEAR(b->interval->low, 0.9014, 5e-5);
    EXPECT_NEAR(b->interval->high, 0.9507, 5e-5);
}

TEST(PooledRatio, of_one_level_is_the_paired_ratio) {
    const std::vector<double> level{0.1, 0.3, 0.15};
    const auto pooled = pooled_ratio(std::vector<std::vector<double>>{level});
    const auto paired = paired_ratio(level);
    ASSERT_TRUE(pooled && pooled->interval && paired);
    EXPECT_DOUBLE_EQ(pooled->ratio, paired->ratio);
    EXPECT_NEAR(pooled->interval->low, paired->interval->low, 1e-12);
    EXPECT_NEAR(pooled->interval->high, paired->interval->high, 1e-12);
}

TEST(PooledRatio, of_one_pair_a_level_has_the_scatter_between_levels) {
    const std::vector<double> all{0.1, 0.3, 0.15};
    EXPECT_EQ(pooled_ratio(std::vector<std::vector<double>>{{0.1}, {}, {0.3}, {0.15}}), paired_ratio(all));
    EXPECT_EQ(pooled_ratio({}), std::nullopt);
    EXPECT_EQ(pooled_ratio(std::vector<std::vector<double>>{{}, {}}), std::nullopt);
}

TEST(PooledRatio, weighs_levels_alike_however_many_pairs_they_have) {
    const auto pooled = pooled_ratio(std::vector<std::vector<double>>{{0.0, 0.02, 0.01, -0.03, 0.0}, {0.4}});
    ASSERT_TRUE(pooled && pooled->interval);
    EXPECT_NEAR(std::log(pooled->ratio), 0.2, 1e-12);
    EXPECT_LT(pooled->interval->high / pooled->interval->low, 1.06)
        << "the lone pair scatters as the others do";
}

TEST(PooledRatio, of_pairs_that_do_not_scatter_is_exact) {
    const auto pooled = pooled_ratio(std::vector<std::vector<double>>{{0.1, 0.1}, {0.3, 0.3}});
    ASSERT_TRUE(pooled && pooled->interval);
    EXPECT_DOUBLE_EQ(pooled->interval->low, pooled->ratio);
    EXPECT_DOUBLE_EQ(pooled->interval->high, pooled->ratio);
}

// Shares of experiments of three levels whose interval leaves out a ratio of 1: 4000 of each, pairs normal.
double share_decided(std::size_t blocks, const std::vector<double>& spreads,
                     const std::vector<double>& ratios) {
    std::mt19937_64 random(7);
    int decided = 0;
    constexpr int k_experiments = 4000;
    for (int i = 0; i < k_experiments; ++i) {
        std::vector<std::vector<double>> levels(spreads.size());
        for (std::size_t level = 0; level < spreads.size(); ++level) {
            std::normal_distribution<double> pair(std::log(ratios[level]), spreads[level]);
            for (std::size_t block = 0; block < blocks; ++block)
                levels[level].push_back(pair(random));
        }
        const Interval interval = *pooled_ratio(levels)->interval;
        decided += interval.low > 1 || interval.high < 1 ? 1 : 0;
    }
    return decided / double{k_experiments};
}

// The nominal 5 %, two standard deviations of the simulation (0.7 points) and what Satterthwaite's t gives
// away.
TEST(PooledRatio, errs_no_more_often_than_it_says) {
    const std::vector<double> none{1, 1, 1};
    EXPECT_NEAR(share_decided(3, {0.05, 0.05, 0.05}, none), 0.035, 0.008);
    EXPECT_NEAR(share_decided(4, {0.05, 0.05, 0.05}, none), 0.042, 0.008);
    EXPECT_NEAR(share_decided(4, {0.03, 0.03, 0.075}, none), 0.051, 0.009);
}

TEST(PooledRatio, finds_what_is_there_also_where_levels_differ) {
    EXPECT_NEAR(share_decided(4, {0.05, 0.05, 0.05}, {1.05, 1.05, 1.05}), 0.84, 0.03);
    EXPECT_GT(share_decided(3, {0.05, 0.05, 0.05}, {0.85, 1.01, 0.96}), 0.6)
        << "the levels' own difference is no noise";
}

}  // namespace
}  // namespace joust::stats
