#include "analysis/floor.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>

#include "report/words/host_floor.hpp"
#include "report/words/verdicts.hpp"
#include "support/compared.hpp"

namespace joust::analysis {
namespace {

using model::Comparison;
using model::Quantity;
using model::Verdict;
namespace words = report::words;
using ::testing::HasSubstr;
using ::testing::Not;

// Django twice and FastAPI beside it, whose goodput is `ratio` times Django's.
model::Benchmark with_django_again(const std::string& contenders) {
    return testing::benchmark_from(R"(name = "aa"
workload = "w"
contenders = [)" + contenders + R"(]
baseline = "django"
[load]
levels = [4, 50]
duration = "5s"
[experiment]
blocks = { min = 5, max = 5 }
[[entrants]]
label = "django-again"
contender = "django"
)");
}

Comparison run_of(const model::Benchmark& benchmark, double ratio, double noise_share, double again = 1) {
    return compare(benchmark, testing::synthetic_trials(benchmark, [&](const model::PlannedTrial& plan) {
                       testing::TrialShape shape{
                           .goodput_rps = 200 * (1 + noise_share * testing::noise(plan)),
                           .p50_ms = 250.0 * static_cast<double>(plan.level) / 50};
                       if (plan.entrant == "fastapi") shape.goodput_rps *= ratio;
                       if (plan.entrant == "django-again") shape.goodput_rps *= again;
                       return shape;
                   }));
}

TEST(floor, is_half_of_the_width_of_the_interval_of_the_baseline_to_itself) {
    const Comparison comparison = run_of(with_django_again(R"("django")"), 1, 0.03);
    ASSERT_EQ(comparison.again, "django-again");
    const model::PairedRatio& ratio = *comparison.ratio(Quantity::goodput, "django-again", std::nullopt);
    const model::HostFloor& floor = *comparison.floor(Quantity::goodput);
    EXPECT_NEAR(floor.half_width, std::sqrt(*ratio.high / *ratio.low) - 1, 1e-9);
    EXPECT_GT(floor.half_width, 0.005);
    EXPECT_EQ(ratio.margin, 0.05) << "the host is not its own measure";
}

TEST(floor, is_said_in_the_headline_where_nothing_else_was_compared) {
    const Comparison comparison = run_of(with_django_again(R"("django")"), 1, 0.03);
    EXPECT_THAT(words::headline(comparison),
                ::testing::StartsWith("What this host could have told apart in this run: differences of "
                                      "goodput above "));
    EXPECT_THAT(words::headline(comparison), HasSubstr("and was not judged different"));
    EXPECT_THAT(words::headline(comparison), Not(HasSubstr("faster")));
}

TEST(floor, is_not_known_before_all_pairs_of_a_run_without_looks_are_there) {
    const model::Benchmark benchmark = with_django_again(R"("django")");
    std::vector<model::TrialResult> trials =
        testing::synthetic_trials(benchmark, [](const model::PlannedTrial& plan) {
            return testing::TrialShape{.goodput_rps = 200 * (1 + 0.01 * testing::noise(plan))};
        });
    trials.resize(trials.size() - 4);
    const Comparison comparison = compare(benchmark, trials);
    EXPECT_TRUE(comparison.floors.empty());
    EXPECT_THAT(words::headline(comparison),
                HasSubstr("What this host could have told apart is not known: django ran against itself "
                          "(django-again), and the run ended after 4 of 5 blocks; `joust run --resume DIR` "
                          "finishes it"));
}

TEST(floor, says_when_the_baseline_was_judged_different_from_itself) {
    const Comparison comparison = run_of(with_django_again(R"("django")"), 1, 0.01, 1.2);
    EXPECT_THAT(words::host_floor(comparison), HasSubstr("and was judged different"));
    EXPECT_EQ(comparison.winner, std::nullopt) << "it is never the winner";
}

Comparison three(double ratio, double again, double noise_share = 0.01) {
    return run_of(with_django_again(R"("fastapi", "django")"), ratio, noise_share, again);
}

TEST(floor, is_as_far_as_the_baseline_was_from_itself) {
    const Comparison comparison = three(0.9, 0.8);
    const model::PairedRatio& again = *comparison.ratio(Quantity::goodput, "django-again", std::nullopt);
    ASSERT_LT(*again.high, 1);
    const model::HostFloor& floor = *comparison.floor(Quantity::goodput);
    EXPECT_TRUE(floor.different);
    EXPECT_NEAR(floor.floor, 1 / *again.low - 1, 1e-9) << "its far end";
    EXPECT_LT(floor.half_width, 0.05);
    EXPECT_EQ(testing::pooled(comparison).margin, floor.floor) << "at least as wide";
    EXPECT_NEAR(three(0.9, 1.25).floor(Quantity::goodput)->floor, 0.25, 0.03) << "either side of 1";
}

TEST(floor, leaves_what_lies_closer_to_1_undecided_and_says_so_before) {
    const Comparison comparison = three(0.9, 0.8);
    const model::PairedRatio ratio = testing::pooled(comparison);
    ASSERT_LT(*ratio.high, 1);
    EXPECT_EQ(ratio.verdict, Verdict::inconclusive);
    EXPECT_EQ(ratio.basis, model::Basis::within_floor);
    EXPECT_EQ(comparison.winner, std::nullopt);
    const std::string headline = words::headline(comparison);
    EXPECT_THAT(headline, ::testing::StartsWith(
                              "On this host django differed from itself (django-again): goodput by up to 2"));
    EXPECT_LT(headline.find("counts as a difference"),
              headline.find("hether fastapi is faster than django is "
                            "not decided: 0.90 times its goodput"))
        << headline;
    EXPECT_THAT(headline, Not(HasSubstr("slower")));
    EXPECT_THAT(words::why(comparison, ratio), HasSubstr("which decides nothing: no ratio from 0."));
    EXPECT_THAT(words::why(comparison, ratio), HasSubstr("for django differed from itself by as much"));
    for (const model::PairedRatio& level : testing::by_level(comparison, Quantity::goodput))
        EXPECT_TRUE(level.entrant != "fastapi" || level.verdict == Verdict::inconclusive) << *level.level;
}

TEST(floor, leaves_what_lies_on_both_sides_of_it_undecided) {
    const Comparison comparison = three(0.78, 0.8, 0.05);
    ASSERT_LT(*testing::pooled(comparison).low, 1 / (1 + comparison.floor(Quantity::goodput)->floor));
    EXPECT_EQ(testing::pooled(comparison).verdict, Verdict::inconclusive);
}

TEST(floor, decides_what_lies_beyond_it) {
    EXPECT_EQ(testing::pooled(three(0.6, 0.8)).verdict, Verdict::slower);
    EXPECT_EQ(three(0.6, 0.8).winner, "django");
    EXPECT_EQ(testing::pooled(three(1.5, 0.8)).verdict, Verdict::faster);
}

TEST(floor, below_the_margin_keeps_nobody_from_being_equivalent) {
    const Comparison comparison = three(1, 0.98, 0.002);
    ASSERT_TRUE(comparison.floor(Quantity::goodput)->different);
    ASSERT_LT(comparison.floor(Quantity::goodput)->floor, 0.05);
    EXPECT_EQ(testing::pooled(comparison).verdict, Verdict::equivalent);
    EXPECT_EQ(testing::pooled(comparison).margin, 0.05);
}

TEST(floor, says_how_seldom_chance_makes_the_baseline_differ_at_the_confidence_of_the_look) {
    const Comparison comparison = run_of(with_django_again(R"("django")"), 1, 0.01, 1.2);
    EXPECT_THAT(words::host_floor(comparison), HasSubstr("as one run in 20 is by chance at this confidence"));
    testing::ReportCase looks = testing::looks_under_steal();
    for (model::TrialResult& trial : looks.trials)
        if (trial.plan.entrant == "django-again")
            trial.samples.completed_in_window = trial.samples.completed_in_window * 8 / 10;
    EXPECT_THAT(words::host_floor(testing::compared(looks)), HasSubstr("as one run in 250 is by chance"));
}

TEST(floor, widens_the_margin_of_the_others) {
    const Comparison loud = run_of(with_django_again(R"("fastapi", "django")"), 1.01, 0.15);
    const double floor = loud.floor(Quantity::goodput)->half_width;
    ASSERT_GT(floor, 0.05);
    EXPECT_EQ(testing::pooled(loud).margin, floor);
    const Comparison quiet = run_of(with_django_again(R"("fastapi", "django")"), 1.3, 0.01);
    EXPECT_EQ(testing::pooled(quiet).margin, 0.05);
}

TEST(floor, leaves_the_ranking_to_the_others) {
    const Comparison comparison = run_of(with_django_again(R"("fastapi", "django")"), 1.3, 0.01);
    EXPECT_EQ(comparison.winner, "fastapi") << "though the baseline again has its goodput, too";
    EXPECT_EQ(comparison.pooled(Quantity::goodput).size(), 1U);
    EXPECT_THAT(words::headline(comparison), Not(HasSubstr("django-again")));
    EXPECT_THAT(words::warnings(comparison),
                ::testing::Contains(HasSubstr("What this host could have told apart in this run")));
}

TEST(host_floors, have_the_confidence_of_the_look_that_judges) {
    const Comparison comparison = compared(testing::looks_under_steal());
    ASSERT_EQ(comparison.again, "django-again");
    const auto again =
        std::find_if(comparison.ratios.begin(), comparison.ratios.end(), [](const auto& ratio) {
            return ratio.entrant == "django-again" && ratio.quantity == Quantity::goodput && !ratio.level;
        });
    ASSERT_NE(again, comparison.ratios.end());
    EXPECT_GT(again->confidence, 0.95);
    EXPECT_NEAR(comparison.floors.front().half_width, std::sqrt(*again->high / *again->low) - 1, 1e-6);
}

}  // namespace
}  // namespace joust::analysis
