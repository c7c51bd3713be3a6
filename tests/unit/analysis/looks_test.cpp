#include "analysis/looks.hpp"

#include <gmock/gmock.h>

#include "analysis/winner.hpp"
#include "report/words/verdicts.hpp"
#include "support/compared.hpp"

namespace joust::analysis {
namespace {

using model::Basis;
using model::Comparison;
using model::PairedRatio;
using model::Quantity;
using model::Standing;
using model::Verdict;
using testing::by_level;
using testing::pooled;
namespace words = report::words;
using ::testing::HasSubstr;

model::Benchmark looked_at(int least, int most) {
    model::Benchmark benchmark = testing::benchmark_of({"fastapi", "django"}, {4, 50, 200}, most);
    benchmark.experiment.blocks_min = least;
    return benchmark;
}

// A run that has finished `blocks` blocks.
std::vector<model::TrialResult> trials_after(int blocks, double ratio, double noise_share,
                                             const model::Benchmark& benchmark) {
    std::vector<model::TrialResult> trials;
    for (int block = 0; block < blocks; ++block)
        for (const model::PlannedTrial& plan :
             plan_block(benchmark, block, static_cast<int>(trials.size()))) {
            testing::TrialShape shape{.goodput_rps = 200 * (1 + noise_share * testing::noise(plan)),
                                      .p50_ms = 5.0 * static_cast<double>(plan.level)};
            if (plan.entrant == "fastapi") shape.goodput_rps *= ratio;
            trials.push_back(testing::synthetic_trial(benchmark, plan, shape));
        }
    return trials;
}

Comparison after(int blocks, double ratio, double noise_share, const model::Benchmark& benchmark) {
    return compare(benchmark, trials_after(blocks, ratio, noise_share, benchmark));
}

TEST(looks, are_one_at_95_percent_where_the_number_of_blocks_is_fixed) {
    const model::ExperimentSpec four{.blocks_min = 4, .blocks_max = 4};
    EXPECT_EQ(look_at(four, 4, stats::RunState::over), (stats::Look{4, 0.05}));
    EXPECT_EQ(look_at(four, 3, stats::RunState::over), std::nullopt) << "the fourth will never come";
    EXPECT_EQ(look_at(four, 3, stats::RunState::going_on), std::nullopt) << "the fourth is yet to come";
    const PairedRatio ratio = pooled(after(4, 1.3, 0.01, looked_at(4, 4)));
    EXPECT_EQ(ratio.confidence, 0.95);
    EXPECT_EQ(ratio.look, std::nullopt);
    EXPECT_EQ(ratio.verdict, Verdict::faster);
}

// What a run says that is judged once, and ended before.
void expect_undecided(const Comparison& comparison, const std::string& reason) {
    const PairedRatio ratio = pooled(comparison);
    EXPECT_EQ(ratio.verdict, Verdict::inconclusive);
    EXPECT_EQ(ratio.standing, Standing::open);
    EXPECT_EQ(ratio.low, std::nullopt) << "an interval would be read as a verdict";
    EXPECT_EQ(ratio.p_value, std::nullopt);
    EXPECT_NEAR(*ratio.ratio, 1.3, 0.05);
    EXPECT_EQ(comparison.winner, std::nullopt);
    EXPECT_TRUE(comparable(comparison)) << "that nothing is decided is no exit code";
    for (const PairedRatio& level : by_level(comparison, Quantity::goodput)) {
        EXPECT_EQ(level.verdict, Verdict::inconclusive);
        EXPECT_EQ(level.alone, Verdict::inconclusive);
    }
    EXPECT_THAT(words::headline(comparison),
                HasSubstr("hether fastapi is faster than django is not decided: " + reason));
    EXPECT_THAT(words::why(comparison, ratio), HasSubstr(reason));
}

std::string broken_off(const std::string& where) {
    return fmt::format("the run ended after {}; `joust run --resume DIR` finishes it", where);
}

TEST(looks, are_none_at_a_run_without_looks_that_was_broken_off) {
    for (const int blocks : {1, 2, 3})
        expect_undecided(after(blocks, 1.3, 0.01, looked_at(4, 4)),
                         broken_off(fmt::format("{} of 4 blocks", blocks)));
    EXPECT_EQ(pooled(after(4, 1.3, 0.01, looked_at(4, 4))).verdict, Verdict::faster);
}

TEST(looks, are_none_before_the_last_pair_of_a_run_without_looks) {
    const model::Benchmark benchmark = looked_at(4, 4);
    std::vector<model::TrialResult> trials = trials_after(4, 1.3, 0.01, benchmark);
    trials.pop_back();
    expect_undecided(compare(benchmark, trials), broken_off("11 of 12 pairs"));
    const model::Benchmark ladder = looked_at(1, 1);
    trials = trials_after(1, 1.3, 0.01, ladder);
    trials.resize(4);
    expect_undecided(compare(ladder, trials), broken_off("2 of 3 pairs"));
}

// The three levels of a block take 57 s, and the budget has room for `blocks` blocks.
model::Benchmark with_budget(model::Benchmark benchmark, int blocks) {
    benchmark.experiment.budget = std::chrono::seconds((blocks + 1) * 57 - 1);
    return benchmark;
}

TEST(looks, are_one_at_a_run_without_looks_whose_budget_has_no_room_for_more) {
    const PairedRatio over = pooled(after(4, 1.3, 0.01, with_budget(looked_at(6, 6), 4)));
    EXPECT_EQ(over.verdict, Verdict::faster) << "what was measured has no say in where it ended";
    EXPECT_DOUBLE_EQ(over.confidence, 0.95);
    expect_undecided(after(4, 1.3, 0.01, with_budget(looked_at(6, 6), 5)), broken_off("4 of 6 blocks"));
    const model::Benchmark benchmark = with_budget(looked_at(4, 4), 3);
    std::vector<model::TrialResult> trials = trials_after(4, 1.3, 0.01, benchmark);
    trials.resize(trials.size() - 2);
    const PairedRatio within_the_fourth = pooled(compare(benchmark, trials));
    EXPECT_EQ(within_the_fourth.verdict, Verdict::faster);
    EXPECT_EQ(within_the_fourth.pairs, 11);
}

TEST(looks, are_none_at_a_run_that_its_budget_ends_before_the_fourth_block) {
    for (const int planned : {4, 6})
        expect_undecided(
            after(3, 1.3, 0.01, with_budget(looked_at(planned, planned), 3)),
            fmt::format("the budget ended the run after 3 of {} blocks, and so few give no verdict",
                        planned));
    EXPECT_EQ(pooled(after(2, 1.3, 0.01, with_budget(looked_at(3, 3), 2))).verdict, Verdict::faster)
        << "so few were planned";
}

// Two or three blocks, as it happens, are no plan of three.
TEST(looks, are_none_at_a_run_of_no_fixed_length_that_ends_before_the_first) {
    expect_undecided(after(2, 1.3, 0.01, with_budget(looked_at(1, 3), 2)),
                     "the budget ended the run after 2 of 3 blocks, and so few give no verdict");
    expect_undecided(after(2, 1.3, 0.01, looked_at(1, 3)), broken_off("2 of 3 blocks"));
    EXPECT_EQ(pooled(after(3, 1.3, 0.01, looked_at(1, 3))).verdict, Verdict::faster);
    for (const int blocks : {1, 2, 3}) {
        const PairedRatio ratio = pooled(after(blocks, 1.3, 0.01, with_budget(looked_at(1, 12), blocks)));
        EXPECT_EQ(ratio.verdict, Verdict::inconclusive) << blocks;
        EXPECT_EQ(ratio.basis, Basis::before_look) << blocks;
    }
}

TEST(looks, come_after_four_six_eight_ten_and_twelve_blocks) {
    const model::ExperimentSpec experiment{.blocks_min = 4, .blocks_max = 20};
    EXPECT_EQ(look_at(experiment, 3), std::nullopt);
    EXPECT_EQ(look_at(experiment, 4), (stats::Look{4, 0.001}));
    EXPECT_EQ(look_at(experiment, 5), (stats::Look{4, 0.001})) << "between looks the last one judges";
    EXPECT_EQ(look_at(experiment, 11), (stats::Look{10, 0.018}));
}

TEST(looks, end_with_the_last_block_that_the_run_may_have) {
    EXPECT_EQ(look_at({.blocks_min = 4, .blocks_max = 9}, 8), (stats::Look{8, 0.010}));
    EXPECT_EQ(look_at({.blocks_min = 4, .blocks_max = 9}, 9), (stats::Look{9, 0.026}));
    EXPECT_EQ(look_at({.blocks_min = 20, .blocks_max = 30}, 20), (stats::Look{20, 0.026}))
        << "no block follows, and all of them count";
    EXPECT_EQ(look_at({.blocks_min = 20, .blocks_max = 30}, 19), (stats::Look{12, 0.026}));
    EXPECT_EQ(look_at({.blocks_min = 1, .blocks_max = 3}, 2), std::nullopt);
    EXPECT_EQ(look_at({.blocks_min = 1, .blocks_max = 3}, 2, stats::RunState::over), std::nullopt);
    EXPECT_EQ(look_at({.blocks_min = 1, .blocks_max = 3}, 3), (stats::Look{3, 0.05}));
}

TEST(looks, see_a_block_of_all_levels_when_every_level_that_goes_on_has_it) {
    EXPECT_EQ(blocks_of_all(std::vector{7, 7, 7}), 7);
    EXPECT_EQ(blocks_of_all(std::vector{8, 7, 7}), 7) << "the eighth block runs";
    EXPECT_EQ(blocks_of_all(std::vector{9, 4, 9}), 9) << "one level was stopped at its first look";
    EXPECT_EQ(blocks_of_all(std::vector{1, 0, 0}), 0);
    EXPECT_EQ(blocks_of_all(std::vector<int>{}), 0);
}

TEST(looks, give_no_verdict_before_the_first) {
    const Comparison comparison = after(3, 1.5, 0.01, looked_at(4, 12));
    const PairedRatio ratio = pooled(comparison);
    EXPECT_EQ(ratio.verdict, Verdict::inconclusive);
    EXPECT_EQ(ratio.basis, Basis::before_look);
    EXPECT_EQ(ratio.standing, Standing::open);
    EXPECT_EQ(ratio.low, std::nullopt) << "an interval would be read as a verdict";
    EXPECT_NEAR(*ratio.ratio, 1.5, 0.05);
    EXPECT_THAT(words::headline(comparison),
                HasSubstr("cannot be told: 1.50 times its goodput (9 pairs so far, "
                          "before the first look)"));
    EXPECT_THAT(words::why(comparison, ratio), HasSubstr("nothing is judged before the first look"));
}

TEST(looks, judge_with_their_own_interval_and_only_by_the_blocks_before_them) {
    const Comparison comparison = after(5, 1.3, 0.01, looked_at(4, 12));
    const PairedRatio ratio = pooled(comparison);
    EXPECT_EQ(ratio.look, 4);
    EXPECT_EQ(ratio.pairs, 12);
    EXPECT_DOUBLE_EQ(ratio.confidence, 0.999);
    EXPECT_EQ(ratio.verdict, Verdict::faster);
    EXPECT_EQ(ratio.standing, Standing::certain);
    EXPECT_THAT(words::headline(comparison), HasSubstr("99.9 % interval"));
    EXPECT_EQ(ratio, pooled(after(4, 1.3, 0.01, looked_at(4, 12)))) << "the fifth block is not looked at";
}

TEST(looks, judge_all_blocks_of_a_run_that_its_budget_ended) {
    // The three levels of a block take 57 s: five blocks are there, and a sixth would not fit.
    model::Benchmark benchmark = looked_at(4, 12);
    benchmark.experiment.budget = std::chrono::seconds(6 * 57 - 1);
    const PairedRatio over = pooled(after(5, 1.3, 0.01, benchmark));
    EXPECT_EQ(over.look, 5);
    EXPECT_EQ(over.pairs, 15);
    EXPECT_DOUBLE_EQ(over.confidence, 0.974);
    benchmark.experiment.budget = std::chrono::seconds(7 * 57);
    EXPECT_EQ(pooled(after(5, 1.3, 0.01, benchmark)).look, 4) << "it goes on";
    benchmark.experiment.budget = std::chrono::seconds(60);
    EXPECT_EQ(pooled(after(3, 1.3, 0.01, benchmark)).basis, Basis::before_look)
        << "three blocks are too few, whatever ends them";
}

// At the sixth block the look closed all levels; then pairs at an equal rate took what was left of the
// budget.
TEST(looks, judge_a_run_that_they_ended_whatever_its_pairs_at_an_equal_rate_took) {
    model::Benchmark benchmark = looked_at(4, 12);
    benchmark.experiment.budget = std::chrono::seconds(420);  // 360 s are over, and one more block takes 57 s
    std::vector<model::TrialResult> trials = trials_after(6, 1.3, 0.01, benchmark);
    const PairedRatio ended = pooled(compare(benchmark, trials));
    EXPECT_DOUBLE_EQ(ended.confidence, 0.996);
    for (int block = 0; block < 4; ++block)
        for (const model::PlannedTrial& plan :
             plan_equal_rate(benchmark, 90, block, static_cast<int>(trials.size())))
            trials.push_back(testing::synthetic_trial(benchmark, plan, {.goodput_rps = 90}));
    EXPECT_EQ(pooled(compare(benchmark, trials)), ended);
}

// Trials of `blocks` blocks and of one more at 4 users; at 50 and 200 they scatter as much as said.
std::vector<model::TrialResult> with_a_block_at_one_level(int blocks, double noise_elsewhere,
                                                          const model::Benchmark& benchmark) {
    std::vector<model::TrialResult> trials = trials_after(blocks + 1, 1.12, 0.2, benchmark);
    const std::vector<model::TrialResult> quiet = trials_after(blocks + 1, 1.12, noise_elsewhere, benchmark);
    for (std::size_t i = 0; i < trials.size(); ++i)
        if (trials[i].plan.level != 4) trials[i] = quiet[i];
    std::erase_if(trials, [&](const model::TrialResult& trial) {
        return trial.plan.block == blocks && trial.plan.level != 4;
    });
    return trials;
}

TEST(looks, judge_a_run_that_was_broken_off_within_its_last_block) {
    for (const int most : {5, 7, 9}) {
        const model::Benchmark benchmark = looked_at(most - 1, most);
        const PairedRatio ratio =
            pooled(compare(benchmark, with_a_block_at_one_level(most - 1, 0.2, benchmark)));
        EXPECT_EQ(ratio.look, most - 1);
        EXPECT_EQ(ratio.pairs, 3 * (most - 1)) << "all levels go on, and two lack the last block";
        EXPECT_EQ(ratio.confidence, stats::last_look(most - 1)->confidence());
        EXPECT_EQ(ratio, pooled(after(most - 1, 1.12, 0.2, benchmark)));
    }
}

TEST(looks, end_with_the_last_block_of_the_only_level_that_goes_on) {
    const model::Benchmark benchmark = looked_at(4, 5);
    const PairedRatio ratio = pooled(compare(benchmark, with_a_block_at_one_level(4, 0.001, benchmark)));
    EXPECT_EQ(ratio.look, 5);
    EXPECT_EQ(ratio.pairs, 13);
    EXPECT_DOUBLE_EQ(ratio.confidence, 0.974);
}

TEST(looks, are_harder_to_convince_than_a_single_one) {
    const double noise_share = 0.2;
    const PairedRatio single = pooled(after(4, 1.12, noise_share, looked_at(4, 4)));
    EXPECT_EQ(single.verdict, Verdict::faster);
    EXPECT_GT(single.p_value.value(), 0.001);
    const PairedRatio ratio = pooled(after(4, 1.12, noise_share, looked_at(4, 12)));
    EXPECT_EQ(ratio.p_value, single.p_value);
    EXPECT_EQ(ratio.verdict, Verdict::inconclusive);
    EXPECT_EQ(ratio.standing, Standing::open);
}

TEST(looks, tell_the_plan_of_equivalence_and_of_intervals_that_are_narrow_enough) {
    EXPECT_EQ(pooled(after(4, 1.0, 0.002, looked_at(4, 12))).standing, Standing::equivalent);
    const PairedRatio ratio = pooled(after(4, 1.045, 0.012, looked_at(4, 12)));
    EXPECT_EQ(ratio.verdict == Verdict::inconclusive, ratio.standing == Standing::narrow) << *ratio.low;
}

TEST(levels, are_judged_among_all_of_them) {
    const Comparison comparison = after(4, 1.12, 0.03, looked_at(4, 12));
    for (const PairedRatio& ratio : by_level(comparison, Quantity::goodput)) {
        ASSERT_TRUE(ratio.among_levels.has_value());
        EXPECT_FALSE(ratio.descriptive);
        EXPECT_GE(ratio.among_levels->confidence, ratio.confidence);
        EXPECT_LE(*ratio.among_levels->low, *ratio.low);
        EXPECT_GE(*ratio.among_levels->high, *ratio.high);
        EXPECT_EQ(ratio.verdict == Verdict::faster, ratio.among_levels->p_value < 0.05);
    }
    EXPECT_EQ(pooled(comparison).among_levels, std::nullopt);
}

TEST(levels, need_more_than_they_would_alone) {
    // By its own interval one level of three is decided; among three it is not.
    const model::Benchmark benchmark = testing::benchmark_of({"fastapi", "django"}, {4, 50, 200}, 4);
    bool told_apart = false;
    for (int step = 0; step < 40 && !told_apart; ++step) {
        const Comparison comparison = after(4, 1.0 + 0.01 * step, 0.06, benchmark);
        for (const PairedRatio& ratio : by_level(comparison, Quantity::goodput))
            told_apart =
                told_apart || (ratio.alone == Verdict::faster && ratio.verdict == Verdict::inconclusive);
    }
    EXPECT_TRUE(told_apart);
}

TEST(levels, only_describe_in_a_run_with_one_look) {
    const Comparison comparison = after(4, 1.3, 0.01, looked_at(4, 4));
    for (const PairedRatio& ratio : by_level(comparison, Quantity::goodput)) {
        EXPECT_TRUE(ratio.descriptive);
        EXPECT_TRUE(ratio.low.has_value());
        EXPECT_THAT(words::why(comparison, ratio), HasSubstr("this ratio only describes"));
    }
    EXPECT_FALSE(pooled(comparison).descriptive);
}

}  // namespace
}  // namespace joust::analysis
