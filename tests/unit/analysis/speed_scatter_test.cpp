#include "analysis/speed_scatter.hpp"

#include <gmock/gmock.h>

#include <cmath>
#include <functional>

#include "analysis/compare.hpp"
#include "support/synthetic_trials.hpp"

namespace joust::analysis {
namespace {

using model::PlannedTrial;
using model::SpeedScatter;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using testing::TrialShape;

// How fast a trial ran, and what it served, both times what its contender and level have.
struct Pace {
    std::optional<double> speed;
    double goodput = 1;
};

// A contender and a level move the speed, as they do; only what lies within them is looked at.
std::vector<model::TrialResult> trials_of(const model::Benchmark& benchmark,
                                          const std::function<Pace(const PlannedTrial&)>& pace) {
    std::vector<model::TrialResult> trials =
        testing::synthetic_trials(benchmark, [&](const PlannedTrial& plan) {
            const double capacity = plan.entrant == "django" ? 1000 : 2000;
            return TrialShape{.goodput_rps = capacity * pace(plan).goodput};
        });
    for (model::TrialResult& trial : trials)
        if (const auto speed = pace(trial.plan).speed)
            trial.contender_cpu_speed =
                *speed * (trial.plan.entrant == "django" ? 80 : 100) * (trial.plan.level == 4 ? 1 : 1.3);
    return trials;
}

std::vector<SpeedScatter> found(const std::function<Pace(const PlannedTrial&)>& pace, int blocks = 4) {
    const model::Benchmark benchmark = testing::benchmark_of({"fastapi", "django"}, {4, 50}, blocks);
    return compare(benchmark, trials_of(benchmark, pace)).speed_scatters;
}

std::vector<std::optional<std::string>> entrants(const std::vector<SpeedScatter>& scatters) {
    std::vector<std::optional<std::string>> names;
    for (const SpeedScatter& scatter : scatters)
        names.push_back(scatter.entrant);
    return names;
}

constexpr double k_speeds[] = {0.8, 1, 1.25, 1};  // deviation of the logarithm: log 1.25 times sqrt(2 / 3)

TEST(speed_scatter, is_of_each_contender_and_of_all_within_a_level) {
    const auto scatters = found([](const PlannedTrial& plan) {
        const bool fast = plan.entrant == "fastapi";
        return Pace{fast ? k_speeds[plan.block] : 1, fast ? k_speeds[plan.block] : 1};
    });
    ASSERT_THAT(entrants(scatters), ElementsAre("fastapi", "django", std::nullopt));
    const double deviation = std::log(1.25) * std::sqrt(2.0 / 3);
    EXPECT_NEAR(scatters[0].share, std::expm1(deviation), 1e-9);
    EXPECT_NEAR(scatters[0].largest_ratio, 1.25 / 0.8, 1e-9);
    EXPECT_NEAR(scatters[0].correlation.value(), 1, 1e-4);
    EXPECT_NEAR(scatters[0].explained().value(), 1, 1e-4);
    EXPECT_NEAR(scatters[2].share, std::expm1(deviation / std::sqrt(2)), 1e-9);
    EXPECT_NEAR(scatters[2].largest_ratio, 1.25 / 0.8, 1e-9);
    EXPECT_NEAR(scatters[2].explained().value(), 1, 1e-4);
}

TEST(speed_scatter, of_a_constant_speed_is_none) {
    const auto scatters = found([](const PlannedTrial& plan) { return Pace{1.0, k_speeds[plan.block]}; });
    ASSERT_THAT(scatters, SizeIs(3));
    for (const SpeedScatter& scatter : scatters) {
        EXPECT_EQ(scatter.share, 0);
        EXPECT_EQ(scatter.largest_ratio, 1);
        EXPECT_EQ(scatter.correlation, std::nullopt);
        EXPECT_FALSE(scatter.noticeable());
        EXPECT_EQ(scatter.explained(), std::nullopt);
    }
}

TEST(speed_scatter, explains_nothing_where_goodput_falls_with_the_speed) {
    const auto scatters =
        found([](const PlannedTrial& plan) { return Pace{k_speeds[plan.block], 1 / k_speeds[plan.block]}; });
    ASSERT_THAT(scatters, SizeIs(3));
    EXPECT_NEAR(scatters[2].correlation.value(), -1, 1e-4);
    EXPECT_GT(scatters[2].p_value.value(), 0.99);
    EXPECT_TRUE(scatters[2].noticeable());
    EXPECT_EQ(scatters[2].explained(), std::nullopt);
}

TEST(speed_scatter, explains_nothing_that_chance_may_have_brought_about) {
    constexpr double goodputs[] = {1, 0.9, 1.1, 1.1};  // correlated by 0.41 with the speeds
    const auto scatters =
        found([&](const PlannedTrial& plan) { return Pace{k_speeds[plan.block], goodputs[plan.block]}; }, 4);
    ASSERT_THAT(scatters, SizeIs(3));
    EXPECT_GT(scatters[2].correlation.value(), 0.1);
    EXPECT_GT(scatters[2].p_value.value(), 0.05);
    EXPECT_TRUE(scatters[2].noticeable());
    EXPECT_EQ(scatters[2].explained(), std::nullopt);
}

TEST(speed_scatter, of_two_trials_tells_how_far_apart_they_ran_and_no_more) {
    const model::Benchmark benchmark = testing::benchmark_of({"fastapi"}, {4}, 2);
    const auto scatters =
        compare(benchmark, trials_of(benchmark,
                                     [](const PlannedTrial& plan) {
                                         return Pace{k_speeds[plan.block], k_speeds[plan.block]};
                                     }))
            .speed_scatters;
    ASSERT_THAT(scatters, SizeIs(2));
    EXPECT_NEAR(scatters[1].largest_ratio, 1.25, 1e-9);
    EXPECT_TRUE(scatters[1].noticeable());
    EXPECT_EQ(scatters[1].correlation, std::nullopt);
    EXPECT_EQ(scatters[1].explained(), std::nullopt);
}

TEST(speed_scatter, is_not_known_without_repeats) {
    EXPECT_THAT(found([](const PlannedTrial& plan) { return Pace{plan.level == 4 ? 1.0 : 0.7}; }, 1),
                IsEmpty());
}

TEST(speed_scatter, is_not_known_where_the_speed_of_a_trial_is_not) {
    EXPECT_THAT(found([](const PlannedTrial&) { return Pace{}; }), IsEmpty());
    const auto scatters = found([](const PlannedTrial& plan) {
        const bool lost = plan.entrant == "django" && plan.level == 50 && plan.block == 2;
        return lost ? Pace{} : Pace{k_speeds[plan.block], k_speeds[plan.block]};
    });
    EXPECT_THAT(entrants(scatters), ElementsAre("fastapi"));
}

TEST(speed_scatter, is_of_the_trials_that_count) {
    const model::Benchmark benchmark = testing::benchmark_of({"fastapi"}, {4}, 4);
    auto trials = trials_of(benchmark, [](const PlannedTrial& plan) {
        return Pace{plan.block == 3 ? 0.1 : k_speeds[plan.block]};
    });
    trials.back().incidents = {{model::IncidentKind::service_restarted, "a worker was replaced"}};
    const auto scatters = compare(benchmark, trials).speed_scatters;
    ASSERT_THAT(scatters, SizeIs(2));
    EXPECT_NEAR(scatters[1].largest_ratio, 1.25 / 0.8, 1e-9);
    trials.back().contender_cpu_speed = std::nullopt;
    EXPECT_THAT(compare(benchmark, trials).speed_scatters, SizeIs(2)) << "nobody asks for its speed";
}

// It explains: whatever it is, all else stays.
TEST(speed_scatter, changes_no_verdict) {
    const model::Benchmark benchmark = testing::benchmark_of({"fastapi", "django"}, {4, 50}, 4);
    auto trials = trials_of(benchmark, [](const PlannedTrial& plan) {
        return Pace{k_speeds[plan.block], k_speeds[(plan.block + plan.position) % 4]};
    });
    const model::Comparison with = compare(benchmark, trials);
    for (model::TrialResult& trial : trials)
        trial.contender_cpu_speed = std::nullopt;
    const model::Comparison without = compare(benchmark, trials);
    EXPECT_THAT(with.speed_scatters, SizeIs(3));
    EXPECT_EQ(with.ratios, without.ratios);
    EXPECT_EQ(with.trial_judgements, without.trial_judgements);
    EXPECT_EQ(with.winner, without.winner);
}

TEST(speed_scatter, is_worth_a_word_from_two_percent_on) {
    SpeedScatter scatter{.share = 0.019, .correlation = 0.9, .p_value = 0.001};
    EXPECT_FALSE(scatter.noticeable());
    EXPECT_EQ(scatter.explained(), std::nullopt);
    scatter.share = 0.02;
    EXPECT_TRUE(scatter.noticeable());
    EXPECT_NEAR(scatter.explained().value(), 0.81, 1e-12);
    scatter.p_value = 0.05;
    EXPECT_EQ(scatter.explained(), std::nullopt);
}

}  // namespace
}  // namespace joust::analysis
