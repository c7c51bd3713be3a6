#include "stats/looks.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "stats/holm.hpp"
#include "stats/steal.hpp"
#include "stats/verdict.hpp"

namespace joust::stats {
namespace {

TEST(Looks, are_reached_by_finished_blocks) {
    EXPECT_FALSE(last_look(3)) << "three blocks under a drift decide too often";
    EXPECT_EQ(last_look(4)->blocks, 4);
    EXPECT_EQ(last_look(5)->blocks, 4);
    EXPECT_EQ(last_look(12)->p, 0.026);
    EXPECT_EQ(last_look(40)->blocks, 12);
}

TEST(Looks, judge_a_run_that_goes_on_only_at_their_own_blocks) {
    EXPECT_FALSE(judged_by(3, RunState::going_on));
    EXPECT_EQ(judged_by(6, RunState::going_on)->p, 0.004);
    EXPECT_FALSE(judged_by(7, RunState::going_on));
}

TEST(Looks, judge_a_run_that_is_over_by_the_last_one) {
    for (const int blocks : {4, 5, 8, 12, 20}) {
        const auto look = judged_by(blocks, RunState::over);
        ASSERT_TRUE(look) << blocks;
        EXPECT_EQ(look->p, 0.026) << blocks;
        EXPECT_EQ(look->blocks, blocks);
    }
    EXPECT_FALSE(judged_by(3, RunState::over));
}

TEST(SequentialPValue, is_below_the_level_when_a_look_decided) {
    EXPECT_FALSE(sequential_p_value({}));
    const std::vector<LookResult> open{{k_looks[0], 0.002}, {k_looks[1], 0.005}};
    EXPECT_NEAR(*sequential_p_value(open), 0.005 / 0.004 * 0.05, 1e-12);
    EXPECT_GT(*sequential_p_value(open), k_overall_level);
    const std::vector<LookResult> decided{{k_looks[0], 0.0005}, {k_looks[1], 0.9}};
    EXPECT_NEAR(*sequential_p_value(decided), 0.025, 1e-12);
    EXPECT_EQ(sequential_p_value(std::vector<LookResult>{{k_looks[0], 0.9}}), 1);
}

// The rule of Holm (1979) by hand: 4 × 0.005, 3 × 0.01, 2 × 0.03, and no less than the one before.
TEST(Holm, adjusts_by_rank_and_keeps_the_order) {
    const std::vector<double> adjusted = holm(std::vector<double>{0.01, 0.04, 0.03, 0.005});
    const std::vector<double> expected{0.03, 0.06, 0.06, 0.02};
    ASSERT_EQ(adjusted.size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i)
        EXPECT_NEAR(adjusted[i], expected[i], 1e-15) << i;
    EXPECT_EQ(holm(std::vector<double>{0.7, 0.6}), (std::vector<double>{1, 1}));
    EXPECT_TRUE(holm({}).empty());
}

TEST(Outcome, puts_equivalence_first) {
    struct Row {
        double low, high;
        Outcome outcome;
    };
    for (const auto& [low, high, expected] : {Row{-0.01, 0.01, Outcome::equivalent},
                                              {0.01, 0.04, Outcome::equivalent},
                                              {0.01, 0.06, Outcome::higher},
                                              {-0.06, -0.01, Outcome::lower},
                                              {-0.06, 0.01, Outcome::inconclusive},
                                              {-0.04879, 0.04879, Outcome::equivalent},
                                              {-0.0488, 0.0487, Outcome::inconclusive}})
        EXPECT_EQ(outcome(Interval{low, high}), expected) << low << " to " << high;
    EXPECT_EQ(outcome(std::nullopt), Outcome::inconclusive);
}

TEST(Outcome, needs_more_of_a_stricter_look) {
    const PairLevels levels{
        {{.log_ratio = 0.08}, {.log_ratio = 0.12}, {.log_ratio = 0.1}, {.log_ratio = 0.14}}};
    const auto decision = decide_steal(levels);
    ASSERT_TRUE(decision);
    EXPECT_EQ(outcome(decision->interval(k_confidence)), Outcome::higher);
    EXPECT_EQ(outcome(decision->interval(k_looks[0].confidence())), Outcome::inconclusive);
}

}  // namespace
}  // namespace joust::stats
