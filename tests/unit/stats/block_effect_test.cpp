#include "stats/block_effect.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "stats/f_distribution.hpp"

namespace joust::stats {
namespace {

PairLevels in_blocks(const std::vector<std::vector<double>>& by_level) {
    PairLevels levels;
    for (const auto& values : by_level) {
        levels.emplace_back();
        for (const double value : values)
            levels.back().push_back({.log_ratio = value, .block = static_cast<int>(levels.back().size())});
    }
    return levels;
}

// Upper tails of scipy.stats.f.
TEST(FDistribution, has_the_published_tails) {
    EXPECT_NEAR(f_upper_tail(1, 1, 1), 0.5, 1e-12);
    EXPECT_NEAR(f_upper_tail(2.5, 3, 6), 0.15649013194452363, 1e-12);
    EXPECT_NEAR(f_upper_tail(12, 2, 9.5), 0.002513184032105261, 1e-12);
    EXPECT_EQ(f_upper_tail(0, 4, 4), 1);
    EXPECT_TRUE(std::isnan(f_upper_tail(1, -1, 4)));
}

// NIST, Statistical Reference Datasets, analysis of variance: SiRstv, F certified as 1.18046237440255; the t
// test is scipy.stats.ttest_ind of the first instrument against the others.
TEST(BlockEffect, hits_nists_certified_analysis) {
    const std::vector<std::vector<double>> instruments{{196.3052, 196.1240, 196.1890, 196.2569, 196.3403},
                                                       {196.3042, 196.3825, 196.1669, 196.3257, 196.0422},
                                                       {196.1303, 196.2005, 196.2889, 196.0343, 196.1811},
                                                       {196.2795, 196.1748, 196.1494, 196.1485, 195.9885},
                                                       {196.2119, 196.1051, 196.1850, 196.0052, 196.2090}};
    PairLevels levels(1);
    for (std::size_t block = 0; block < instruments.size(); ++block)
        for (const double value : instruments[block])
            levels[0].push_back({.log_ratio = value, .block = static_cast<int>(block)});
    const BlockEffect effect = block_effect(levels);
    ASSERT_TRUE(effect.any_p && effect.first_p);
    EXPECT_NEAR(*effect.any_p, f_upper_tail(1.18046237440255, 4, 20), 1e-9);
    EXPECT_NEAR(*effect.first_p, 0.20848705446856403, 1e-9);
}

// NumPy and scipy.stats.f: F of the two-way layout is 15.76.
TEST(BlockEffect, is_sought_within_levels) {
    const BlockEffect effect = block_effect(
        in_blocks({{0.10, 0.02, 0.03, 0.01}, {0.07, 0.00, 0.02, -0.03}, {0.12, 0.05, 0.03, 0.06}}));
    ASSERT_TRUE(effect.any_p && effect.first_p && effect.first_block);
    EXPECT_NEAR(*effect.any_p, 0.0029889417609626294, 1e-12);
    EXPECT_LT(*effect.first_p, 0.001);
    EXPECT_NEAR(effect.first_block->mean, 0.29 / 3 - 0.19 / 9, 1e-12);
}

TEST(BlockEffect, is_empty_where_it_cannot_be_known) {
    EXPECT_FALSE(block_effect({}).any_p);
    EXPECT_FALSE(block_effect(in_blocks({{0.1}, {0.2}})).first_p) << "one block";
    EXPECT_FALSE(block_effect(in_blocks({{0.1, 0.2}})).first_p) << "no degree left";
    const BlockEffect one_level = block_effect(in_blocks({{0.1, 0.2, 0.15, 0.18}}));
    EXPECT_TRUE(one_level.first_p);
    EXPECT_FALSE(one_level.any_p) << "as many blocks as pairs";
    EXPECT_FALSE(block_effect(in_blocks({{0.1, 0.1, 0.1}, {0.1, 0.1, 0.1}})).any_p) << "no scatter";
}

}  // namespace
}  // namespace joust::stats
