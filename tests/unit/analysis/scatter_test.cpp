#include "analysis/scatter.hpp"

#include <gmock/gmock.h>

#include <cmath>

#include "analysis/compare.hpp"
#include "support/synthetic_trials.hpp"

namespace joust::analysis {
namespace {

using testing::TrialShape;

TEST(scatter, tells_how_much_the_goodput_of_a_contender_scatters_between_repeats) {
    const model::Benchmark benchmark = testing::benchmark_of({"fastapi", "django"}, {4, 50}, 3);
    const double factor[] = {0.8, 1, 1.25};
    const auto trials = testing::synthetic_trials(benchmark, [&](const model::PlannedTrial& plan) {
        const double capacity = plan.level == 4 ? 100 : 200;
        return TrialShape{.goodput_rps = capacity * (plan.entrant == "django" ? factor[plan.block] : 1)};
    });
    const auto scatters = compare(benchmark, trials).scatters;
    ASSERT_THAT(scatters, ::testing::SizeIs(2));
    EXPECT_NEAR(scatters[0].share, 0, 0.001);
    EXPECT_EQ(scatters[1].entrant, "django");
    EXPECT_NEAR(scatters[1].share, 0.25, 0.005);  // the logarithms have a standard deviation of log 1.25
    EXPECT_FALSE(scatters[1].between_levels);
}

TEST(scatter, of_one_block_tells_the_scatter_from_level_to_level_without_the_trend) {
    std::vector<std::int64_t> levels;
    for (std::int64_t level = 50; level <= 1000; level += 50)
        levels.push_back(level);
    const model::Benchmark benchmark = testing::benchmark_of({"fastapi", "django"}, levels, 1);
    const auto trials = testing::synthetic_trials(benchmark, [&](const model::PlannedTrial& plan) {
        const double users = static_cast<double>(plan.level);
        if (plan.entrant == "fastapi")
            return TrialShape{.goodput_rps = 300 - users / 10};  // nothing but trend
        return TrialShape{.goodput_rps = plan.level % 100 == 0 ? 110.0 : 220.0};
    });
    const auto scatters = compare(benchmark, trials).scatters;
    ASSERT_THAT(scatters, ::testing::SizeIs(2));
    EXPECT_LT(scatters[0].share, 0.02);
    EXPECT_TRUE(scatters[1].between_levels);
    EXPECT_NEAR(scatters[1].share, std::exp(std::log(2) / std::sqrt(2)) - 1, 0.01);
    EXPECT_EQ(scatters[1].lowest_level, 100);
    EXPECT_EQ(scatters[1].highest_level, 50);
}

}  // namespace
}  // namespace joust::analysis
