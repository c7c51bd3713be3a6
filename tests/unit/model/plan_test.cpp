#include "model/plan.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "files/benchmark_toml.hpp"
#include "files/diagnostics.hpp"

namespace joust::model {
namespace {

using namespace std::chrono_literals;

Benchmark shipped(const std::string& profile, std::vector<std::string> assignments = {}) {
    files::Diagnostics diagnostics;
    return files::read_benchmark(Path(JOUST_SOURCE_DIR) / "benchmarks/io-intensive.toml",
                                 {.profile = profile, .assignments = std::move(assignments)}, diagnostics)
        .value();
}

TEST(Plan, ABlockHasEveryContenderOnceAtEveryLevelInRisingOrder) {
    const std::vector<PlannedTrial> trials = plan_block(shipped("quick"), 1, 6);
    ASSERT_EQ(trials.size(), 6U);
    for (std::size_t i = 0; i < trials.size(); ++i) {
        EXPECT_EQ(trials[i].index, 6 + static_cast<int>(i));
        EXPECT_EQ(trials[i].block, 1);
        EXPECT_EQ(trials[i].position, static_cast<int>(i % 2));
        EXPECT_EQ(trials[i].level, (std::vector<std::int64_t>{4, 4, 50, 50, 200, 200})[i]);
    }
    for (std::size_t i = 0; i < 6; i += 2)
        EXPECT_NE(trials[i].entrant, trials[i + 1].entrant);
}

TEST(Plan, TheSeedDecidesTheOrderAndRepeatsIt) {
    EXPECT_EQ(plan_block(shipped("quick"), 0, 0), plan_block(shipped("quick"), 0, 0));
    std::set<std::vector<std::string>> orders;
    for (int seed = 0; seed < 8; ++seed) {
        std::vector<std::string> order;
        for (const auto& trial :
             plan_block(shipped("quick", {fmt::format("experiment.seed = {}", seed)}), 0, 0))
            order.push_back(trial.entrant);
        orders.insert(order);
    }
    EXPECT_GT(orders.size(), 3U);
}

TEST(Plan, OverTwoBlocksEachOfTwoGoesFirstOnceAtEveryLevel) {
    const Benchmark benchmark = shipped("seed");
    for (int block = 0; block < 10; block += 2) {
        const auto first = plan_block(benchmark, block, 0);
        const auto second = plan_block(benchmark, block + 1, 0);
        for (std::size_t i = 0; i < first.size(); i += 2)
            EXPECT_EQ(first[i].entrant, second[i + 1].entrant) << block << ", " << first[i].level;
    }
}

TEST(Plan, TheCoinIsFair) {
    int first = 0;
    const Benchmark benchmark = shipped("seed");
    for (int block = 0; block < 100; block += 2)
        for (const auto& trial : plan_block(benchmark, block, 0))
            first += trial.position == 0 && trial.entrant == "django" ? 1 : 0;
    EXPECT_NEAR(first, 500, 80) << "1000 tosses; five standard deviations are 79";
}

TEST(Plan, SaysHowLongItTakes) {
    const PlannedTime time = planned_time(shipped("quick"), 3, 3s);
    EXPECT_EQ(time.least, 18 * (6s + 2s + 3s) + 8 * (3s + 2s + 3s)) << "and eight at an equal rate";
    EXPECT_EQ(time.most, (18 + 8) * (6s + 4s + 3s));
}

TEST(Plan, ARunTakesAtLeastItsFewestBlocksAndAtMostItsMostOrItsBudget) {
    const PlannedRun fixed = planned_run(shipped("smoke"), 1s);
    EXPECT_EQ(fixed.fewest_trials, 4);
    EXPECT_EQ(fixed.most_trials, 4);
    EXPECT_EQ(fixed.time.most, 4 * (3s + 5s + 1s));
    const PlannedRun budget = planned_run(shipped("smoke", {"experiment.budget = \"90s\""}), 1s);
    EXPECT_EQ(budget.fewest_trials, 16) << "no look ends it before the fourth block";
    EXPECT_EQ(budget.most_trials, 48);
    EXPECT_EQ(budget.time.least, 16 * (3s + 1s + 1s));
    EXPECT_EQ(budget.time.most, 90s);
}

TEST(Plan, ARunHasAtLeastTheBlocksOfTheFirstLookThatMayEndIt) {
    const auto fewest = [](int least, int most) {
        return fewest_blocks({.blocks_min = least, .blocks_max = most});
    };
    EXPECT_EQ(fewest(1, 12), 4);
    EXPECT_EQ(fewest(4, 12), 4);
    EXPECT_EQ(fewest(5, 7), 6);
    EXPECT_EQ(fewest(7, 12), 8);
    EXPECT_EQ(fewest(5, 5), 5);
    EXPECT_EQ(fewest(2, 3), 3) << "the first look comes later";
    EXPECT_EQ(fewest(9, 10), 10);
    EXPECT_EQ(fewest(20, 30), 20);
}

TEST(Plan, TheDefaultTakesAtMostFiveMinutesAndMeasuresInSixtyPercentOfThem) {
    EXPECT_LE(planned_run(shipped(""), k_overhead_per_trial).time.most, 5min);
    EXPECT_LE(planned_time(shipped("smoke"), 1, 3s).most, 60s);
    const Benchmark quick = shipped("quick");
    const PlannedRun plan = planned_run(quick, k_overhead_per_trial);
    EXPECT_EQ(plan.fewest_trials, 24 + 8);
    EXPECT_GE(seconds((24 + 8 / 2) * quick.load.duration) / seconds(plan.time.least), 0.6);
}

TEST(Plan, OneContenderAloneHasNoTrialsAtAnEqualRate) {
    const PlannedRun alone = planned_run(shipped("quick", {"contenders = [\"django\"]"}), 1s);
    EXPECT_EQ(alone.fewest_trials, 12);
    EXPECT_EQ(alone.most_trials, 12);
    EXPECT_EQ(alone.time.least, 12 * (6s + 2s + 1s));
}

TEST(Plan, BlocksThatAreAskedForTakeAsLongAsTheyTake) {
    const PlannedRun plan = planned_run(shipped("quick", {"experiment.blocks = { min = 8, max = 8 }"}), 1s);
    EXPECT_EQ(plan.most_trials, 48 + 16);
    EXPECT_EQ(plan.time.least, 48 * (6s + 2s + 1s) + 16 * (3s + 2s + 1s));
    EXPECT_EQ(plan.time.most, 64 * (6s + 4s + 1s));
}

TEST(Plan, TheFullProfileCalibratesItself) {
    const Benchmark full = shipped("full");
    EXPECT_EQ(labels(full), (std::vector<std::string>{"fastapi", "django", "django-again"}));
    EXPECT_EQ(full.experiment.blocks_min, 4);
    EXPECT_EQ(full.experiment.blocks_max, 12);
}

}  // namespace
}  // namespace joust::model
