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
    EXPECT_EQ(time.least, 18 * (5s + 2s + 3s));
    EXPECT_EQ(time.most, 18 * (5s + 6s + 3s));
}

TEST(Plan, TheDefaultTakesAtMostFiveMinutes) {
    EXPECT_LE(planned_time(shipped(""), 4, 1500ms).most, 5min);
    EXPECT_LE(planned_time(shipped("smoke"), 1, 3s).most, 60s);
}

}  // namespace
}  // namespace joust::model
