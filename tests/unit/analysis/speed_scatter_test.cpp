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
        const double pace = plan.entrant == "django" ? k_speeds[plan.block] : 1;
        return Pace{pace, pace};
    });
    ASSERT_THAT(entrants(scatters), ElementsAre("fastapi", "django", std::nullopt));
    const double deviation = std::log(1.25) * std::sqrt(2.0 / 3);
    EXPECT_NEAR(scatters[1].share, std::expm1(deviation), 1e-9);
    EXPECT_NEAR(scatters[1].largest_ratio, 1.25 / 0.8, 1e-9);
    EXPECT_EQ(scatters[0].share, 0);
    EXPECT_NEAR(scatters[2].share, std::expm1(deviation / std::sqrt(2)), 1e-9);
    EXPECT_NEAR(scatters[2].largest_ratio, 1.25 / 0.8, 1e-9);
    // The ratio of the two goes with it, whichever of them was slowed.
    EXPECT_EQ(scatters[1].correlation, std::nullopt) << "the baseline is divided by nothing";
    EXPECT_NEAR(scatters[0].correlation.value(), 1, 1e-4);
    EXPECT_NEAR(scatters[0].explained().value(), 1, 1e-4);
    EXPECT_EQ(scatters[2].correlation, std::nullopt);
}

// What a pair has in common is in none of its ratios, however much each trial's goodput goes with it.
TEST(speed_scatter, explains_no_ratio_by_what_slows_both_of_a_pair) {
    constexpr double own[] = {1.02, 1, 0.99, 1.01};
    const auto scatters = found([&](const PlannedTrial& plan) {
        const double speed = k_speeds[plan.block];
        const bool fast = plan.entrant == "fastapi";
        return Pace{speed * (fast ? own[plan.block] : 1), speed * (fast ? own[(plan.block + 1) % 4] : 1)};
    });
    ASSERT_THAT(scatters, SizeIs(3));
    EXPECT_TRUE(scatters[2].noticeable());
    EXPECT_LT(scatters[0].correlation.value(), 0.3);
    EXPECT_EQ(scatters[0].explained(), std::nullopt);
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

// Of one of the two alone.
std::vector<SpeedScatter> of_one(const double (&speeds)[4], const double (&goodputs)[4]) {
    return found([&](const PlannedTrial& plan) {
        return plan.entrant == "django" ? Pace{1.0, 1.0} : Pace{speeds[plan.block], goodputs[plan.block]};
    });
}

TEST(speed_scatter, explains_nothing_where_goodput_falls_with_the_speed) {
    const auto scatters = of_one(k_speeds, {1.25, 1, 0.8, 1});
    ASSERT_THAT(scatters, SizeIs(3));
    EXPECT_NEAR(scatters[0].correlation.value(), -1, 1e-4);
    EXPECT_GT(scatters[0].p_value.value(), 0.99);
    EXPECT_TRUE(scatters[0].noticeable());
    EXPECT_EQ(scatters[0].explained(), std::nullopt);
}

TEST(speed_scatter, explains_nothing_that_chance_may_have_brought_about) {
    const auto scatters = of_one(k_speeds, {1, 0.9, 1.1, 1.1});  // correlated by 0.4
    ASSERT_THAT(scatters, SizeIs(3));
    EXPECT_GT(scatters[0].correlation.value(), 0.1);
    EXPECT_GT(scatters[0].p_value.value(), 0.05);
    EXPECT_TRUE(scatters[0].noticeable());
    EXPECT_EQ(scatters[0].explained(), std::nullopt);
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
    const auto of_the_baseline = found([](const PlannedTrial& plan) {
        const bool theirs = plan.entrant == "django";
        const bool lost = theirs && plan.level == 50 && plan.block == 2;
        const double pace = theirs ? 1 : k_speeds[plan.block];
        return lost ? Pace{} : Pace{pace, pace};
    });
    ASSERT_THAT(entrants(of_the_baseline), ElementsAre("fastapi"));
    EXPECT_EQ(of_the_baseline[0].correlation, std::nullopt);
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
    EXPECT_FALSE(SpeedScatter{.share = 0.019}.noticeable());
    EXPECT_TRUE(SpeedScatter{.share = 0.02}.noticeable());
    SpeedScatter scatter{.share = 0.02, .correlation = 0.9, .p_value = 0.049};
    EXPECT_NEAR(scatter.explained().value(), 0.81, 1e-12);
    scatter.p_value = 0.05;
    EXPECT_EQ(scatter.explained(), std::nullopt);
}

}  // namespace
}  // namespace joust::analysis
