#include "analysis/capacity.hpp"

#include <gmock/gmock.h>

#include "report/words/capacity.hpp"
#include "support/compared.hpp"

namespace joust::analysis {
namespace {

using model::Capacity;
using model::Comparison;
namespace words = report::words;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// Goodput that follows the law with these parameters, but for the noise.
Comparison following(double gamma, double alpha, double beta, const std::vector<std::int64_t>& levels,
                     int blocks, double noise_share = 0.01) {
    const model::Benchmark benchmark = testing::benchmark_of({"fastapi"}, levels, blocks);
    return compare(
        benchmark, testing::synthetic_trials(benchmark, [&](const model::PlannedTrial& plan) {
            const auto users = static_cast<double>(plan.level);
            const double goodput = gamma * users / (1 + alpha * (users - 1) + beta * users * (users - 1));
            return testing::TrialShape{.goodput_rps = goodput * (1 + noise_share * testing::noise(plan)),
                                       .p50_ms = users / goodput * 1000};
        }));
}

const std::vector<std::int64_t> k_levels{1, 4, 16, 50, 100, 200};

TEST(capacity, tells_the_law_with_intervals_and_its_peak) {
    const Capacity capacity = following(50, 0.03, 2e-4, k_levels, 5).capacities.at(0);
    ASSERT_TRUE(capacity.law.has_value());
    EXPECT_NEAR(capacity.law->gamma.value, 50, 2);
    EXPECT_NEAR(capacity.law->alpha.value, 0.03, 0.005);
    EXPECT_NEAR(capacity.law->beta.value, 2e-4, 3e-5);
    EXPECT_LT(capacity.law->beta.low.value(), capacity.law->beta.value);
    EXPECT_GT(capacity.law->beta.high.value(), capacity.law->beta.value);
    ASSERT_TRUE(capacity.law->peak_users.has_value());
    EXPECT_NEAR(capacity.law->peak_users->value, 70, 5);
    EXPECT_THAT(words::capacity(capacity), StartsWith("γ = 50"));
    EXPECT_THAT(words::capacity(capacity), HasSubstr("; the peak, "));
}

TEST(capacity, has_no_peak_beyond_the_levels_measured) {
    const Capacity capacity = following(50, 0.03, 2e-4, {1, 4, 8, 16, 32}, 5).capacities.at(0);
    ASSERT_TRUE(capacity.law.has_value());
    EXPECT_EQ(capacity.law->peak_users, std::nullopt);
    EXPECT_THAT(words::capacity(capacity), HasSubstr("no peak within the levels measured"));
}

TEST(capacity, is_not_identified_by_levels_that_are_all_saturated) {
    const Capacity capacity = following(50, 1, 0, {50, 100, 150, 200, 250}, 3).capacities.at(0);
    EXPECT_EQ(capacity.law, std::nullopt);
    EXPECT_EQ(capacity.not_identified, model::NoLaw::few_rising_levels);
    EXPECT_THAT(words::capacity(capacity), StartsWith("not identified: fewer than three levels"));
}

TEST(capacity, is_not_identified_by_levels_over_which_goodput_only_falls) {
    const Capacity capacity = following(5000, 0.9, 0.02, {50, 100, 150, 200, 250}, 3).capacities.at(0);
    EXPECT_EQ(capacity.not_identified, model::NoLaw::no_rise);
    EXPECT_THAT(words::capacity(capacity), HasSubstr("hardly rises from the lowest level on"));
}

TEST(capacity, has_no_intervals_without_repeats) {
    const Capacity capacity = following(50, 0.03, 2e-4, k_levels, 1).capacities.at(0);
    ASSERT_TRUE(capacity.law.has_value());
    EXPECT_EQ(capacity.law->gamma.low, std::nullopt);
    EXPECT_THAT(words::capacity(capacity), HasSubstr("no intervals, for some level has one trial only"));
}

// FastAPI fails from that level on in each block.
Comparison breaking_at(const std::vector<std::int64_t>& first_of_block) {
    const model::Benchmark benchmark =
        testing::benchmark_of({"fastapi"}, {50, 100, 150, 200}, static_cast<int>(first_of_block.size()));
    return compare(benchmark, testing::synthetic_trials(benchmark, [&](const model::PlannedTrial& plan) {
                       const bool fails =
                           plan.level >= first_of_block.at(static_cast<std::size_t>(plan.block));
                       return testing::TrialShape{.p50_ms = static_cast<double>(plan.level) * 5,
                                                  .error_share = fails ? 0.2 : 0};
                   }));
}

TEST(breaking_point, lies_between_two_levels_and_has_a_range_over_the_blocks) {
    const model::BreakingPoint point = breaking_at({100, 150, 150}).breaking_points.at(0);
    EXPECT_EQ(point.level, 150);
    EXPECT_EQ(point.whole_level, 100);
    EXPECT_EQ(point.earliest_level, 100);
    EXPECT_EQ(point.latest_level, 150);
    EXPECT_EQ(words::breaking_range(point, model::LoadModel::closed),
              "between 100 and 150 users; its blocks, each for itself, at 100 to 150 users");
}

TEST(breaking_point, is_open_above_where_some_block_never_breaks) {
    const model::BreakingPoint point = breaking_at({50, 50, 1000}).breaking_points.at(0);
    EXPECT_EQ(point.whole_level, std::nullopt);
    EXPECT_EQ(point.latest_level, std::nullopt);
    EXPECT_EQ(words::breaking_range(point, model::LoadModel::closed),
              "at or below 50 users; its blocks, each for itself, at 50 to no level at all");
}

// Of a run that was broken off, or that closed a level: blocks without that level say nothing of it.
TEST(breaking_point, knows_nothing_of_blocks_that_were_not_measured_so_far) {
    const model::Benchmark benchmark = testing::benchmark_of({"fastapi"}, {50, 100, 150, 200}, 3);
    const auto trials_until = [&](std::int64_t last_of_the_third, bool third_breaks) {
        auto trials = testing::synthetic_trials(benchmark, [&](const model::PlannedTrial& plan) {
            const bool fails = plan.level >= 150 && (third_breaks || plan.block < 2);
            return testing::TrialShape{.error_share = fails ? 0.2 : 0};
        });
        std::erase_if(trials, [&](const model::TrialResult& trial) {
            return trial.plan.block == 2 && trial.plan.level > last_of_the_third;
        });
        return trials;
    };
    const auto range = [&](const std::vector<model::TrialResult>& trials) {
        return words::breaking_range(compare(benchmark, trials).breaking_points.at(0),
                                     model::LoadModel::closed);
    };
    EXPECT_EQ(range(trials_until(100, true)), "between 100 and 150 users");
    EXPECT_EQ(range(trials_until(150, true)), "between 100 and 150 users");
    EXPECT_EQ(range(trials_until(150, false)),
              "between 100 and 150 users; its blocks, each for itself, at 150 to no level at all");
}

TEST(block_effect, says_whether_the_first_block_differs) {
    const auto with_first = [](double factor) {
        testing::ReportCase run = testing::clear_winner();
        for (model::TrialResult& trial : run.trials)
            if (trial.plan.block == 0 && trial.plan.entrant == "fastapi")
                trial.samples.completed_in_window = static_cast<std::uint64_t>(
                    static_cast<double>(trial.samples.completed_in_window) * factor);
        return testing::compared(run).block_effects.at(0);
    };
    EXPECT_THAT(words::block_effect(with_first(1)),
                StartsWith("no block differs (the ratio of the first is "));
    const model::BlockEffect effect = with_first(1.3);
    EXPECT_NEAR(effect.first_ratio.value(), 1.3, 0.06);
    EXPECT_LT(effect.first_p.value(), 0.05);
    EXPECT_THAT(words::block_effect(effect),
                StartsWith("the first block differs (the ratio of the first is 1."));
}

}  // namespace
}  // namespace joust::analysis
