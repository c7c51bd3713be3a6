#include "analysis/ratios.hpp"

#include <gmock/gmock.h>

#include <cmath>

#include "report/words/verdicts.hpp"
#include "support/compared.hpp"

namespace joust::analysis {
namespace {

using model::Cell;
using model::Comparison;
using model::PairedRatio;
using model::Quantity;
using model::Verdict;
using testing::by_level;
using testing::compared;
namespace words = report::words;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::pooled;
using testing::ReportCase;
using testing::TrialShape;

// Suspect trials are faster by half, so that a ratio over pairs of valid results tells itself from that over
// all.
ReportCase with_suspects(std::int64_t from_level) {
    ReportCase run = testing::clear_winner();
    for (model::TrialResult& trial : run.trials)
        if (trial.plan.entrant == "fastapi" && trial.plan.level >= from_level) {
            trial.warmup.steady = false;
            trial.samples.completed_in_window = trial.samples.completed_in_window * 3 / 2;
        }
    return run;
}

TEST(ratios, gives_the_ratio_over_pairs_of_valid_results_beside_that_over_all) {
    const Comparison comparison = compared(with_suspects(200));
    const PairedRatio ratio = pooled(comparison);
    EXPECT_EQ(ratio.pairs, 9);
    EXPECT_NEAR(*ratio.ratio, 250.0 / 185 * std::cbrt(1.5), 0.04);
    EXPECT_EQ(ratio.of_valid.pairs, 6);
    EXPECT_NEAR(ratio.of_valid.ratio.value(), 250.0 / 185, 0.03);
    EXPECT_LT(ratio.of_valid.low.value(), *ratio.of_valid.ratio);
    EXPECT_GT(ratio.of_valid.high.value(), *ratio.of_valid.ratio);
    EXPECT_EQ(ratio.verdict, Verdict::faster) << "most pairs are valid";
    EXPECT_EQ(comparison.winner, "fastapi");
    EXPECT_THAT(words::headline(comparison), HasSubstr("; over the 6 pairs of valid results 1.3"));
    EXPECT_THAT(words::why(comparison, ratio), HasSubstr("over the 6 pairs of valid results it is 1.3"));
}

TEST(ratios, decides_nothing_where_most_pairs_rest_on_suspect_results) {
    const Comparison comparison = compared(with_suspects(50));
    const PairedRatio ratio = pooled(comparison);
    ASSERT_GT(ratio.low.value(), 1);
    EXPECT_EQ(ratio.verdict, Verdict::inconclusive);
    EXPECT_TRUE(ratio.mostly_suspect());
    EXPECT_EQ(comparison.winner, std::nullopt);
    EXPECT_THAT(
        words::headline(comparison),
        HasSubstr("Whether fastapi is faster than django is not decided: 6 of 9 pairs rest on suspect "
                  "results"));
    EXPECT_THAT(words::headline(comparison), Not(HasSubstr("times its goodput (")));
    EXPECT_THAT(words::why(comparison, ratio), HasSubstr("but 6 of 9 pairs rest on suspect results"));
    for (const PairedRatio& at : by_level(comparison, Quantity::goodput))
        if (*at.level >= 50) {
            EXPECT_EQ(at.verdict, Verdict::inconclusive);
            EXPECT_EQ(at.of_valid.pairs, 0);
            EXPECT_EQ(at.of_valid.ratio, std::nullopt);
        }
}

TEST(ratios, counts_a_saturated_cell_as_suspect_in_its_pairs) {
    const model::Benchmark benchmark = testing::benchmark_of({"fastapi", "django"}, {50}, 3);
    const auto trials = testing::synthetic_trials(benchmark, [](const model::PlannedTrial& plan) {
        return TrialShape{.goodput_rps = plan.entrant == "django" ? 30.0 : 60.0,
                          .p50_ms = plan.entrant == "django" ? 50'000.0 : 40'000.0,
                          .spread = 0.01};
    });
    const PairedRatio ratio = pooled(compare(benchmark, trials));
    EXPECT_EQ(ratio.pairs, 3);
    EXPECT_EQ(ratio.of_valid.pairs, 0);
}

// Requests that were sent before the window and starved are in the time in flight, but in no percentile.
void starve(model::TrialResult& trial) {
    trial.samples.in_flight_mean *= 2;
}

TEST(ratios, calls_latencies_lower_bounds_where_littles_law_fails) {
    ReportCase run = testing::clear_winner();
    for (model::TrialResult& trial : run.trials)
        if (trial.plan.entrant == "fastapi" && trial.plan.level == 200 && trial.plan.block == 1)
            starve(trial);
    const Comparison comparison = compared(run);
    for (const model::QuantityRow& row : model::quantities()) {
        if (row.aspect != model::Aspect::latency) continue;
        EXPECT_TRUE(comparison.cell("fastapi", 200)->at(row.quantity).at_least) << row.key;
        EXPECT_FALSE(comparison.cell("django", 200)->at(row.quantity).at_least) << row.key;
    }
}

TEST(ratios, calls_latencies_no_lower_bounds_where_requests_outlast_the_window) {
    ReportCase run = testing::clear_winner();
    for (model::TrialResult& trial : run.trials)
        if (trial.plan.level == 200) trial.samples.in_flight_mean /= 2;
    const Comparison comparison = compared(run);
    const Cell& cell = *comparison.cell("fastapi", 200);
    ASSERT_EQ(cell.judgement.findings.at(0).rule, model::Rule::littles_law);
    EXPECT_FALSE(cell.at(Quantity::response_time_p99).at_least);
    EXPECT_EQ(pooled(comparison, Quantity::response_time_p99).pairs, 6)
        << "but they are compared with no other";
}

TEST(ratios, leaves_trials_against_littles_law_out_of_the_p99_ratio_and_says_so) {
    ReportCase run = testing::clear_winner();
    for (model::TrialResult& trial : run.trials)
        if (trial.plan.entrant == "fastapi" && trial.plan.level == 200) starve(trial);
    const Comparison comparison = compared(run);
    const PairedRatio ratio = pooled(comparison, Quantity::response_time_p99);
    EXPECT_EQ(ratio.pairs, 6);
    EXPECT_EQ(ratio.left_out.total(), 3);
    EXPECT_THAT(words::why(comparison, ratio),
                HasSubstr("3 of 9 pairs are left out: Little's law fails in 3"));
    EXPECT_EQ(pooled(comparison).pairs, 9);
    EXPECT_EQ(pooled(comparison).left_out.total(), 0);
}

}  // namespace
}  // namespace joust::analysis
