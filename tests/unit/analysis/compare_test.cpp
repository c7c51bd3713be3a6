#include "analysis/compare.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>

#include "report/words/rules.hpp"
#include "report/words/verdicts.hpp"
#include "support/compared.hpp"

namespace joust::analysis {
namespace {

using model::Cell;
using model::Comparison;
using model::PairedRatio;
using model::Quantity;
using model::Validity;
using model::Verdict;
using testing::by_level;
using testing::compared;
namespace words = report::words;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using testing::pooled;
using testing::ReportCase;
using ::testing::StartsWith;
using testing::TrialShape;

// FastAPI and Django at 50 users in so many blocks; `ratio` is of their goodput.
std::vector<model::TrialResult> trials_with(const model::Benchmark& benchmark, double ratio,
                                            double noise_share) {
    return testing::synthetic_trials(benchmark, [&](const model::PlannedTrial& plan) {
        TrialShape shape{.goodput_rps = 200 * (1 + noise_share * testing::noise(plan)), .p50_ms = 250};
        if (plan.entrant == "fastapi") shape.goodput_rps *= ratio;
        return shape;
    });
}

TEST(compare, names_a_clear_winner_with_its_interval) {
    const Comparison comparison = compared(testing::clear_winner());
    EXPECT_EQ(comparison.winner, "fastapi");
    const PairedRatio ratio = pooled(comparison);
    EXPECT_EQ(ratio.verdict, Verdict::faster);
    EXPECT_EQ(ratio.pairs, 9);
    EXPECT_NEAR(*ratio.ratio, 250.0 / 185, 0.03);
    EXPECT_LT(*ratio.low, *ratio.ratio);
    EXPECT_GT(*ratio.high, *ratio.ratio);
    EXPECT_THAT(words::headline(comparison),
                HasSubstr("fastapi is faster than django: 1.36 times its goodput"));
    EXPECT_THAT(words::warnings(comparison), IsEmpty());
}

TEST(compare, says_where_nothing_proves_that_the_work_was_done) {
    ReportCase run = testing::clear_winner();
    for (model::TrialResult& trial : run.trials)
        trial.effects = model::ObservedEffects{.contract = {{"users", {10, 5, 5}}},
                                               .not_read = "operations of the workload differ"};
    EXPECT_THAT(words::headline(compared(run)), StartsWith("In 18 of 18 trials nothing proves"));
    run.trials.front().audit = model::Audit{.table = "users", .rows_left = 5, .right = 1};
    EXPECT_THAT(words::headline(compared(run)), StartsWith("In 17 of 18 trials nothing proves"));
    EXPECT_THAT(words::warnings(compared(run)), IsEmpty()) << "it is told before the verdict";
}

TEST(compare, adds_up_what_was_proven_of_the_trials_of_a_cell) {
    const Comparison comparison = compared(testing::work_not_done());
    const Cell& cheat = *comparison.cell("fastapi", 50);
    EXPECT_EQ(cheat.durability, (model::ProofTrials{.proven = 1, .missed = 2}));
    EXPECT_EQ(cheat.audit->lost, 1U);
    EXPECT_EQ(cheat.audit->wrong_values, 2U);
    EXPECT_EQ(cheat.audit->acknowledged(), cheat.effects->acknowledged) << "of all three trials";
    const Cell& honest = *comparison.cell("django", 50);
    EXPECT_EQ(honest.durability, (model::ProofTrials{.proven = 3}));
    EXPECT_EQ(cheat.proofs, (model::ProofTrials{.missed = 3}));
    EXPECT_EQ(honest.proofs, (model::ProofTrials{.proven = 3}));
    EXPECT_TRUE(honest.audit->as_contract());
    EXPECT_FALSE(compared(testing::clear_winner()).cell("django", 50)->audit);
}

TEST(compare, calls_less_cpu_and_shorter_times_faster) {
    const Comparison comparison = compared(testing::clear_winner());
    EXPECT_EQ(pooled(comparison, Quantity::cpu_per_operation).verdict, Verdict::faster);
    EXPECT_LT(*pooled(comparison, Quantity::cpu_per_operation).ratio, 1);
    EXPECT_EQ(pooled(comparison, Quantity::response_time_p99).verdict, Verdict::slower);
    EXPECT_GT(*pooled(comparison, Quantity::response_time_p99).ratio, 1);
}

TEST(compare, calls_what_lies_within_the_margin_equivalent_even_if_the_interval_excludes_one) {
    const model::Benchmark benchmark = testing::benchmark_of({"fastapi", "django"}, {50}, 5);
    const Comparison comparison = compare(benchmark, trials_with(benchmark, 1.03, 0.001));
    const PairedRatio ratio = pooled(comparison);
    ASSERT_GT(*ratio.low, 1);
    EXPECT_EQ(ratio.verdict, Verdict::equivalent);
    EXPECT_EQ(comparison.winner, std::nullopt);
    EXPECT_THAT(words::headline(comparison), HasSubstr("are equivalent"));
}

TEST(compare, leaves_open_what_noise_hides) {
    const model::Benchmark benchmark = testing::benchmark_of({"fastapi", "django"}, {50}, 3);
    const Comparison comparison = compare(benchmark, trials_with(benchmark, 1.03, 0.2));
    EXPECT_EQ(pooled(comparison).verdict, Verdict::inconclusive);
    EXPECT_EQ(comparison.winner, std::nullopt);
    EXPECT_THAT(words::headline(comparison), HasSubstr("cannot be told"));
}

TEST(compare, swaps_faster_for_slower_when_the_baseline_is_ahead) {
    const model::Benchmark benchmark = testing::benchmark_of({"fastapi", "django"}, {50}, 4);
    const Comparison comparison = compare(benchmark, trials_with(benchmark, 0.7, 0.01));
    EXPECT_EQ(pooled(comparison).verdict, Verdict::slower);
    EXPECT_EQ(comparison.winner, "django");
}

// The report that Joust exists to prevent: error rates of 34 % and 100 %, and "Winner: Django".
TEST(compare, never_names_a_winner_when_every_request_fails) {
    const Comparison comparison = compared(testing::both_fail_every_request());
    EXPECT_EQ(comparison.winner, std::nullopt);
    EXPECT_THAT(words::headline(comparison), HasSubstr("100 % errors"));
    EXPECT_THAT(words::headline(comparison), HasSubstr("No winner"));
    EXPECT_THAT(words::headline(comparison), Not(HasSubstr("faster")));
    for (const Cell& cell : comparison.cells)
        EXPECT_EQ(cell.judgement.validity, Validity::invalid);
    EXPECT_EQ(comparison.ratios.size(), model::k_compared_quantities.size() * (comparison.levels.size() + 1));
    for (const PairedRatio& ratio : comparison.ratios) {
        EXPECT_EQ(ratio.verdict, Verdict::invalid);
        EXPECT_EQ(ratio.ratio, std::nullopt);
        EXPECT_THAT(words::why(comparison, ratio), HasSubstr("100 % errors"));
    }
}

TEST(compare, ranks_only_the_levels_at_which_both_are_valid) {
    const Comparison comparison = compared(testing::errors_at_high_levels());
    EXPECT_EQ(comparison.winner, std::nullopt);
    EXPECT_EQ(pooled(comparison).verdict, Verdict::faster);
    EXPECT_EQ(pooled(comparison).pairs, 3);
    EXPECT_THAT(words::headline(comparison), HasSubstr("at the levels where neither is invalid"));
    EXPECT_THAT(words::headline(comparison), HasSubstr("django at 50 and 200 users: 34 % errors"));
    for (const PairedRatio& ratio : by_level(comparison, Quantity::goodput))
        if (*ratio.level >= 50) {
            EXPECT_EQ(ratio.verdict, Verdict::invalid);
            EXPECT_EQ(ratio.ratio, std::nullopt);
            EXPECT_THAT(words::why(comparison, ratio), HasSubstr("django is invalid at"));
        }
}

TEST(compare, finds_the_level_at_which_a_contender_breaks) {
    const Comparison comparison = compared(testing::errors_at_high_levels());
    ASSERT_EQ(comparison.breaking_points.size(), 1U);
    EXPECT_EQ(comparison.breaking_points[0].entrant, "django");
    EXPECT_EQ(comparison.breaking_points[0].level, 50);
    EXPECT_NEAR(comparison.breaking_points[0].error_rate, 0.34, 0.001);
}

TEST(compare, of_one_block_warns_that_noise_is_unknown_and_gives_no_interval_per_level) {
    const Comparison comparison = compared(testing::single_block_ladder());
    EXPECT_THAT(words::warnings(comparison), Contains(HasSubstr("One block only")));
    for (const PairedRatio& ratio : by_level(comparison, Quantity::goodput)) {
        EXPECT_EQ(ratio.low, std::nullopt);
        EXPECT_TRUE(ratio.verdict == Verdict::inconclusive || ratio.verdict == Verdict::invalid);
    }
    EXPECT_TRUE(pooled(comparison).low.has_value());
}

TEST(compare, finds_a_ladder_that_measured_one_number_many_times) {
    const Comparison comparison = compared(testing::single_block_ladder());
    const auto django =
        std::find_if(comparison.plateaus.begin(), comparison.plateaus.end(),
                     [](const model::Plateau& plateau) { return plateau.entrant == "django"; });
    ASSERT_NE(django, comparison.plateaus.end());
    EXPECT_EQ(django->first_level, 50);
    EXPECT_EQ(django->last_level, 1000);
    EXPECT_EQ(django->levels, 20);
    EXPECT_LE(django->highest_rps / django->lowest_rps, 1.05 * 1.05);
}

TEST(compare, marks_percentiles_that_touch_requests_without_an_answer) {
    const Comparison comparison = compared(testing::single_block_ladder());
    const Cell& cell = *comparison.cell("fastapi", 950);  // 6 % timeouts
    EXPECT_FALSE(cell.at(Quantity::response_time_p50).at_least);
    EXPECT_TRUE(cell.at(Quantity::response_time_p95).at_least);
    EXPECT_TRUE(cell.at(Quantity::response_time_p99).at_least);
    EXPECT_TRUE(cell.at(Quantity::response_time_max).at_least);
    EXPECT_TRUE(cell.at(Quantity::response_time_mean).at_least);
    EXPECT_FALSE(comparison.cell("fastapi", 50)->at(Quantity::response_time_max).at_least);
}

TEST(compare, marks_percentiles_above_requests_that_were_given_up_before_their_timeout) {
    const model::Benchmark benchmark = testing::benchmark_of({"fastapi", "django"}, {50}, 3);
    auto trials = trials_with(benchmark, 1, 0.01);
    for (model::TrialResult& trial : trials) {
        trial.samples.response_time.record(5'000'000'000);  // one of about 1000; the timeout is 60 s
        trial.samples.censored = 1;
        trial.samples.requests.unfinished = 1;
    }
    const Cell cell = *compare(benchmark, trials).cell("django", 50);
    EXPECT_FALSE(cell.at(Quantity::response_time_p50).at_least) << "three ranks higher it is the same";
    EXPECT_TRUE(cell.at(Quantity::response_time_p999).at_least);
    EXPECT_TRUE(cell.at(Quantity::response_time_mean).at_least);
}

TEST(compare, gives_no_p99_ratio_where_p99_is_only_a_lower_bound) {
    const model::Benchmark benchmark = testing::benchmark_of({"fastapi", "django"}, {50}, 3);
    auto trials = trials_with(benchmark, 1, 0.01);
    for (model::TrialResult& trial : trials)
        if (trial.plan.entrant == "django") {
            trial.samples.response_time.record(trial.timeout.count(), 20);
            trial.samples.censored = 20;
        }
    const Comparison comparison = compare(benchmark, trials);
    EXPECT_EQ(pooled(comparison, Quantity::response_time_p99).ratio, std::nullopt);
    EXPECT_THAT(words::why(comparison, pooled(comparison, Quantity::response_time_p99)),
                HasSubstr("no ratio of the p99 response time is known: 3 of 3 pairs are left out"));
    EXPECT_NE(pooled(comparison).ratio, std::nullopt);
}

TEST(compare, names_saturation_when_requests_take_nearly_the_timeout) {
    const model::Benchmark benchmark = testing::benchmark_of({"fastapi", "django"}, {50}, 3);
    const auto trials = testing::synthetic_trials(benchmark, [](const model::PlannedTrial& plan) {
        return TrialShape{
            .goodput_rps = 30, .p50_ms = plan.entrant == "django" ? 50'000.0 : 40'000.0, .spread = 0.01};
    });
    const Comparison comparison = compare(benchmark, trials);
    const Cell& saturated = *comparison.cell("django", 50);
    ASSERT_THAT(saturated.judgement.findings, ::testing::SizeIs(2)) << "nobody is busy, either";
    EXPECT_EQ(saturated.judgement.findings[0].rule, model::Rule::saturated);
    EXPECT_THAT(words::sentence(saturated.judgement.findings[0]), HasSubstr("with a timeout of 60 s"));
    EXPECT_EQ(saturated.judgement.validity, Validity::suspect);
    EXPECT_FALSE(comparison.cell("fastapi", 50)->judgement.has(model::Rule::saturated));
}

TEST(compare, leaves_an_invalid_trial_out_of_its_cell_and_of_the_pairs_but_counts_its_errors) {
    const model::Benchmark benchmark = testing::benchmark_of({"fastapi", "django"}, {50}, 4);
    auto trials = trials_with(benchmark, 1.3, 0.01);
    auto broken = std::find_if(trials.begin(), trials.end(), [](const model::TrialResult& trial) {
        return trial.plan.entrant == "fastapi" && trial.plan.block == 2;
    });
    broken->incidents = {{model::IncidentKind::clock_jumped, "by 3 s"}};
    broken->samples.completed_in_window *= 10;
    broken->samples.requests.failed = 3;
    const Comparison comparison = compare(benchmark, trials);
    const Cell& cell = *comparison.cell("fastapi", 50);
    EXPECT_EQ(cell.trials, 4);
    EXPECT_EQ(cell.trials_that_count, 3);
    EXPECT_EQ(cell.judgement.validity, Validity::suspect);
    EXPECT_THAT(words::sentence(cell.judgement.findings[0]), HasSubstr("(1 of 4 trials)"));
    EXPECT_NEAR(cell.at(Quantity::goodput).value, 260, 5);
    EXPECT_EQ(cell.requests.failed, 3U);
    EXPECT_EQ(pooled(comparison).pairs, 3);
}

TEST(compare, calls_a_cell_invalid_when_most_of_its_trials_are) {
    const model::Benchmark benchmark = testing::benchmark_of({"fastapi", "django"}, {50}, 3);
    auto trials = trials_with(benchmark, 1.3, 0.01);
    int broken = 0;
    for (model::TrialResult& trial : trials)
        if (trial.plan.entrant == "django" && broken++ < 2)
            trial.service = {{}, true, "exited with code 1", 0};
    const Comparison comparison = compare(benchmark, trials);
    EXPECT_EQ(comparison.cell("django", 50)->judgement.validity, Validity::invalid);
    EXPECT_EQ(pooled(comparison).verdict, Verdict::invalid);
    EXPECT_EQ(comparison.winner, std::nullopt);
}

TEST(compare, says_a_number_only_of_the_level_that_it_belongs_to) {
    ReportCase run = testing::clear_winner();
    for (model::TrialResult& trial : run.trials)
        if (trial.plan.entrant == "fastapi" && trial.plan.level < 200)
            trial.samples.completed_in_window = trial.plan.level == 4 ? 11 : 36;
    EXPECT_THAT(words::headline(compared(run)),
                HasSubstr("Invalid: fastapi at 4 users: 11 verified operations, at least 100 are needed; "
                          "fastapi at 50 users: 36 verified operations, at least 100 are needed. No winner"));
}

TEST(compare, of_many_levels_with_other_reasons_than_errors_gives_one_as_the_example) {
    ReportCase run = testing::single_block_ladder();
    for (model::TrialResult& trial : run.trials)
        if (trial.plan.entrant == "django" && trial.plan.level <= 200)
            trial.samples.completed_in_window = static_cast<std::uint64_t>(trial.plan.level) / 10;
    EXPECT_THAT(words::headline(compared(run)),
                HasSubstr("django at 50, 100, 150 and 200 users: few operations, for example at 50 users "
                          "5 verified operations"));
}

TEST(compare, names_what_made_a_cell_invalid_before_what_makes_it_suspect) {
    ReportCase run = testing::clear_winner();
    for (model::TrialResult& trial : run.trials) {
        if (trial.plan.entrant != "django" || trial.plan.level != 50) continue;
        trial.warmup.steady = false;
        if (trial.plan.block > 0) trial.samples.completed_in_window = 36;
    }
    const Comparison comparison = compared(run);
    EXPECT_EQ(comparison.cell("django", 50)->judgement.findings.front().rule, model::Rule::few_operations);
    EXPECT_THAT(words::headline(comparison), HasSubstr("django at 50 users: 36 verified operations"));
}

TEST(compare, calls_a_cell_invalid_when_one_disaster_brings_all_its_requests_over_the_limit) {
    const model::Benchmark benchmark = testing::benchmark_of({"fastapi", "django"}, {50}, 3);
    auto trials = trials_with(benchmark, 1.3, 0.01);
    for (model::TrialResult& trial : trials)
        if (trial.plan.entrant == "django" && trial.plan.block == 0) {
            trial.samples.requests.failed = 600;
            trial.samples.errors[model::RequestErrorKind::status_5xx] = 600;
        }
    const Comparison comparison = compare(benchmark, trials);
    const Cell& cell = *comparison.cell("django", 50);
    EXPECT_EQ(cell.trials_that_count, 2);
    EXPECT_EQ(cell.judgement.validity, Validity::invalid);
    EXPECT_THAT(words::sentence(cell.judgement.findings[0]), HasSubstr("20 % errors"));
    EXPECT_THAT(comparison.breaking_points, IsEmpty()) << "not a majority of the blocks";
}

TEST(compare, names_a_winner_among_three_only_if_it_beats_both) {
    const model::Benchmark benchmark = testing::benchmark_of({"a", "b", "c"}, {50}, 5);
    const auto trials = [&](double b_rps) {
        return testing::synthetic_trials(benchmark, [&](const model::PlannedTrial& plan) {
            const double rps = plan.entrant == "a" ? 300 : plan.entrant == "b" ? b_rps : 200;
            return TrialShape{.goodput_rps = rps * (1 + 0.01 * testing::noise(plan)), .p50_ms = 250};
        });
    };
    EXPECT_EQ(compare(benchmark, trials(250)).winner, "a");
    EXPECT_EQ(compare(benchmark, trials(301)).winner, std::nullopt);
}

// Django, and Django once more; `variant` sets the second apart.
model::Benchmark django_twice(const std::string& variant, int blocks = 5) {
    return testing::benchmark_from(fmt::format(R"(name = "aa"
workload = "w"
contenders = ["django"]
baseline = "django"
[load]
levels = [50]
duration = "5s"
[experiment]
blocks = {{ min = {0}, max = {0} }}
[[entrants]]
label = "django-again"
contender = "django"
{1})",
                                               blocks, variant));
}

TEST(compare, tells_two_entries_of_one_contender_apart_by_their_labels) {
    const model::Benchmark benchmark = django_twice("runtime = \"docker\"\n");
    const Comparison comparison = compare(benchmark, trials_with(benchmark, 1, 0.001));
    EXPECT_EQ(comparison.entrants, (std::vector<std::string>{"django", "django-again"}));
    EXPECT_EQ(comparison.again, std::nullopt);
    EXPECT_EQ(pooled(comparison).entrant, "django-again");
    EXPECT_EQ(pooled(comparison).verdict, Verdict::equivalent);
    EXPECT_THAT(words::headline(comparison), HasSubstr("django-again and django are equivalent"));
}

TEST(compare, does_not_depend_on_the_order_of_the_trials) {
    ReportCase run = testing::errors_at_high_levels();
    const Comparison forwards = compared(run);
    std::reverse(run.trials.begin(), run.trials.end());
    const Comparison backwards = compared(run);
    EXPECT_EQ(words::headline(forwards), words::headline(backwards));
    EXPECT_EQ(forwards.cells.size(), backwards.cells.size());
    EXPECT_NEAR(*pooled(forwards).ratio, *pooled(backwards).ratio, 1e-12);
}

TEST(compare, of_one_contender_measures_without_ranking) {
    const Comparison comparison = compared(testing::one_contender());
    EXPECT_THAT(comparison.ratios, IsEmpty());
    EXPECT_EQ(comparison.winner, std::nullopt);
    EXPECT_THAT(words::headline(comparison), HasSubstr("fastapi alone"));
}

TEST(compare, of_nothing_says_so) {
    const Comparison comparison = compared(testing::nothing_measured());
    EXPECT_THAT(comparison.cells, IsEmpty());
    EXPECT_EQ(comparison.winner, std::nullopt);
    EXPECT_THAT(words::headline(comparison), HasSubstr("Nothing was measured"));
    EXPECT_THAT(words::warnings(comparison), Contains(HasSubstr("0 of 18 trials")));
}

TEST(compare, marks_every_cell_that_ran_without_limits) {
    ReportCase run = testing::clear_winner();
    for (model::TrialResult& trial : run.trials)
        trial.party(model::Role::contender)->limits_in_force.reset();
    const Comparison comparison = compared(run);
    for (const Cell& cell : comparison.cells) {
        EXPECT_EQ(cell.judgement.validity, Validity::suspect);
        EXPECT_EQ(cell.judgement.findings.at(0).rule, model::Rule::limits_off);
    }
    EXPECT_THAT(words::warnings(comparison), Contains(HasSubstr("Limits were off in 18 of 18 trials")));
}

TEST(compare, warns_how_many_results_are_suspect_and_why) {
    ReportCase run = testing::clear_winner();
    for (model::TrialResult& trial : run.trials)
        if (trial.plan.level == 50) trial.warmup.steady = false;
    const Comparison comparison = compared(run);
    EXPECT_EQ(comparison.winner, "fastapi");
    EXPECT_THAT(words::warnings(comparison),
                Contains(HasSubstr("2 of 6 results are suspect (no steady state: 2)")));
}

TEST(compare, gives_the_largest_memory_of_any_trial_as_the_peak) {
    const model::Benchmark benchmark = testing::benchmark_of({"fastapi", "django"}, {50}, 3);
    const double mib[] = {90, 200, 100};
    const auto trials = testing::synthetic_trials(benchmark, [&](const model::PlannedTrial& plan) {
        return TrialShape{.memory_mib = mib[plan.block]};
    });
    const Cell cell = *compare(benchmark, trials).cell("django", 50);
    EXPECT_NEAR(cell.at(Quantity::memory_peak).value, 220, 0.1);
    EXPECT_NEAR(cell.at(Quantity::memory_mean).value, 130, 0.1);
}

TEST(compare, speaks_of_no_comparison_where_there_is_nothing_to_compare) {
    ReportCase run = testing::one_contender();
    for (model::TrialResult& trial : run.trials)
        if (trial.plan.level == 50) trial.warmup.steady = false;
    const Comparison comparison = compared(run);
    EXPECT_THAT(words::warnings(comparison),
                Contains(HasSubstr("1 of 3 results is suspect (no steady state: 1)")));
    EXPECT_THAT(words::warnings(comparison), Not(Contains(HasSubstr("compared"))));
}

TEST(compare, sums_a_cell_over_its_trials) {
    const model::Benchmark benchmark = testing::benchmark_of({"fastapi", "django"}, {50}, 3);
    const double rps[] = {190, 200, 210};
    const auto trials = testing::synthetic_trials(benchmark, [&](const model::PlannedTrial& plan) {
        return TrialShape{.goodput_rps = rps[plan.block], .p50_ms = 250, .cpu_ms_per_operation = 4};
    });
    const Cell cell = *compare(benchmark, trials).cell("django", 50);
    // t(0.975, 2) = 4.303; standard error 10 / sqrt(3).
    EXPECT_DOUBLE_EQ(cell.at(Quantity::goodput).value, 200);
    EXPECT_NEAR(*cell.at(Quantity::goodput).low, 200 - 4.3027 * 10 / std::sqrt(3), 0.01);
    EXPECT_NEAR(*cell.at(Quantity::goodput).high, 200 + 4.3027 * 10 / std::sqrt(3), 0.01);
    EXPECT_EQ(cell.requests.started, 3000U);
    // 4 ms each and 50 ms in every window of about 1000 operations.
    EXPECT_NEAR(cell.at(Quantity::cpu_per_operation).value, 4050, 1);
    EXPECT_NEAR(cell.at(Quantity::contender_cpu).value, 0.81, 1e-6);
}

}  // namespace
}  // namespace joust::analysis
