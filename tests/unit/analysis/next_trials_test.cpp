#include "analysis/next_trials.hpp"

#include <gmock/gmock.h>

#include <map>
#include <set>

#include "model/measuring_time.hpp"
#include "support/synthetic_trials.hpp"

namespace joust::analysis {
namespace {

using namespace std::chrono_literals;
using model::Verdict;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

model::Benchmark benchmark_with(const std::string& experiment) {
    return joust::testing::benchmark_from(R"(
name = "b"
workload = "io-intensive"
contenders = ["a", "b"]
baseline = "b"
[load]
levels = [4, 50]
duration = "5s"
[experiment]
)" + experiment);
}

struct Ratio {
    std::int64_t level;
    Verdict verdict;
    double low = 0.5;
    double high = 2;
};

model::Comparison says(const std::vector<Ratio>& ratios) {
    model::Comparison comparison;
    for (const Ratio& one : ratios)
        comparison.ratios.push_back({.quantity = model::Quantity::goodput,
                                     .entrant = "a",
                                     .baseline = "b",
                                     .level = one.level,
                                     .low = one.low,
                                     .high = one.high,
                                     .verdict = one.verdict});
    return comparison;
}

// Plays an experiment whose looks say what `verdicts` has for the number of blocks; each trial takes 10 s.
struct Played {
    std::vector<model::TrialResult> trials;
    std::set<int> looks;  // after how many blocks

    [[nodiscard]] int blocks_at(std::int64_t level) const {
        std::set<int> blocks;
        for (const model::TrialResult& trial : trials)
            if (trial.plan.level == level) blocks.insert(trial.plan.block);
        return static_cast<int>(blocks.size());
    }
};

Played play(const model::Benchmark& benchmark, const std::map<int, std::vector<Ratio>>& verdicts) {
    Played played;
    const Look look = [&](const model::Benchmark& looked_at, const std::vector<model::TrialResult>& trials) {
        EXPECT_EQ(looked_at.experiment.budget, std::nullopt) << "a look is one at a run that goes on";
        int blocks = 0;
        for (const model::TrialResult& trial : trials)
            blocks = std::max(blocks, trial.plan.block + 1);
        played.looks.insert(blocks);
        const auto known = verdicts.find(blocks);
        return known == verdicts.end() ? model::Comparison() : says(known->second);
    };
    WallTime clock{1'772'368'245s};
    for (;;) {
        const auto next = next_trials(benchmark, played.trials, look);
        if (next.empty()) return played;
        for (const model::PlannedTrial& plan : next) {
            model::TrialResult trial;
            trial.plan = plan;
            trial.started = clock;
            trial.took = 10s;
            clock += 10s;
            played.trials.push_back(trial);
        }
    }
}

TEST(NextTrials, a_fixed_number_of_blocks_needs_no_look) {
    const Played played = play(benchmark_with("blocks = { min = 5, max = 5 }"), {});
    EXPECT_EQ(played.trials.size(), 20U);
    EXPECT_THAT(played.looks, IsEmpty());
}

TEST(NextTrials, what_stays_open_is_looked_at_after_4_6_8_and_10_blocks_and_ends_with_12) {
    const Played played = play(benchmark_with("blocks = { min = 4, max = 12 }"), {});
    EXPECT_THAT(played.looks, ElementsAre(4, 6, 8, 10));
    EXPECT_EQ(played.blocks_at(4), 12);
    EXPECT_EQ(played.blocks_at(50), 12);
}

TEST(NextTrials, there_is_no_look_before_the_fourth_block) {
    const Played played = play(benchmark_with("blocks = { min = 1, max = 12 }"),
                               {{4, {{4, Verdict::faster}, {50, Verdict::slower}}}});
    EXPECT_THAT(played.looks, ElementsAre(4));
    EXPECT_EQ(played.trials.size(), 16U);
}

TEST(NextTrials, no_block_follows_the_last_look) {
    EXPECT_EQ(play(benchmark_with("blocks = { min = 4, max = 30 }"), {}).blocks_at(4), 12);
    EXPECT_EQ(play(benchmark_with("blocks = { min = 14, max = 30 }"), {}).blocks_at(4), 14);
}

TEST(NextTrials, a_certain_level_gets_no_more_blocks_and_the_open_one_goes_on) {
    const Played played = play(benchmark_with("blocks = { min = 4, max = 12 }"),
                               {{4, {{4, Verdict::faster}, {50, Verdict::inconclusive}}},
                                {6, {{4, Verdict::inconclusive}, {50, Verdict::inconclusive}}},
                                {8, {{50, Verdict::equivalent}}}});
    EXPECT_EQ(played.blocks_at(4), 4) << "a level that was closed stays closed, whatever a later look says";
    EXPECT_EQ(played.blocks_at(50), 8);
    EXPECT_THAT(played.looks, ElementsAre(4, 6, 8));
}

TEST(NextTrials, a_level_in_the_middle_of_a_block_that_a_look_had_left_open_is_filled_first) {
    const model::Benchmark benchmark = benchmark_with("blocks = { min = 4, max = 12 }");
    const std::map<int, std::vector<Ratio>> verdicts{
        {4, {{4, Verdict::inconclusive}, {50, Verdict::inconclusive}}}};
    Played played = play(benchmark, verdicts);
    played.trials.resize(16 + 2);  // the fifth block has its first level
    const Look look = [&](const auto&, const std::vector<model::TrialResult>& trials) {
        EXPECT_EQ(trials.size(), 16U) << "the look was at four blocks";
        return says(verdicts.at(4));
    };
    const auto next = next_trials(benchmark, played.trials, look);
    ASSERT_EQ(next.size(), 2U);
    EXPECT_EQ(next.front().block, 4);
    EXPECT_EQ(next.front().level, 50);
    EXPECT_EQ(next.front().attempt, 0);
}

TEST(NextTrials, a_budget_ends_it_before_the_first_block_that_does_not_fit) {
    // A block takes 40 s: two fit into 100 s, and half a block would.
    const Played played = play(benchmark_with("blocks = { min = 4, max = 12 }\nbudget = \"100s\""), {});
    EXPECT_EQ(played.trials.size(), 8U);
    EXPECT_LE(*model::measuring_time(played.trials), 100s);
}

TEST(NextTrials, a_budget_is_spent_where_the_verdict_is_open) {
    const Played played = play(benchmark_with("blocks = { min = 4, max = 12 }\nbudget = \"245s\""),
                               {{4, {{4, Verdict::slower}, {50, Verdict::inconclusive}}}});
    EXPECT_EQ(played.blocks_at(4), 4);
    EXPECT_EQ(played.blocks_at(50), 8) << "160 s, then four times 20 s";
}

TEST(OpenLevels, are_those_that_are_neither_certain_nor_known_to_within_the_margin) {
    const model::Benchmark benchmark = benchmark_with("margin = 0.05");
    const std::vector<std::int64_t> levels{1, 2, 3, 4, 5, 6, 7};
    EXPECT_THAT(open_levels(says({{1, Verdict::faster},
                                  {2, Verdict::slower},
                                  {3, Verdict::equivalent},
                                  {4, Verdict::invalid},
                                  {5, Verdict::inconclusive, 0.98, 1.07},
                                  {6, Verdict::inconclusive, 0.96, 1.07}}),
                            benchmark, levels),
                ElementsAre(6, 7))
        << "1.07 / 0.98 is below 1.05², 1.07 / 0.96 above; nothing is known of 7";
}

TEST(OpenLevels, are_all_where_only_the_ratio_over_all_of_them_is_open) {
    const model::Benchmark benchmark = benchmark_with("margin = 0.05");
    model::Comparison comparison = says({{4, Verdict::faster}, {50, Verdict::slower}});
    comparison.ratios.push_back(comparison.ratios.front());
    comparison.ratios.back().level.reset();
    comparison.ratios.back().verdict = Verdict::inconclusive;
    EXPECT_THAT(open_levels(comparison, benchmark, {4, 50}), ElementsAre(4, 50));
    comparison.ratios.back().verdict = Verdict::equivalent;
    EXPECT_THAT(open_levels(comparison, benchmark, {4, 50}), IsEmpty());
}

TEST(OpenLevels, do_not_depend_on_the_second_entry_of_the_baseline_but_where_it_is_alone) {
    const std::string levels = "levels = [4]\n";
    const auto calibrated = [&](const std::string& contenders) {
        return joust::testing::benchmark_from(
            "name = \"b\"\nworkload = \"w\"\nbaseline = \"b\"\ncontenders = " + contenders + "\n[load]\n" +
            levels + "[experiment]\ncalibration = true\n");
    };
    model::Comparison comparison = says({{4, Verdict::faster}});
    EXPECT_THAT(open_levels(comparison, calibrated(R"(["a", "b"])"), {4}), IsEmpty());
    comparison.ratios.front().entrant = "b-again";
    comparison.ratios.front().verdict = Verdict::inconclusive;
    EXPECT_THAT(open_levels(comparison, calibrated(R"(["b"])"), {4}), ElementsAre(4));
    EXPECT_THAT(open_levels(comparison, calibrated(R"(["a", "b"])"), {4}), ElementsAre(4)) << "nothing of a";
}

}  // namespace
}  // namespace joust::analysis
