#include "analysis/pairs.hpp"

#include <gmock/gmock.h>

#include "support/compared.hpp"

namespace joust::analysis {
namespace {

using model::Cell;
using model::Comparison;
using model::Quantity;
using model::Validity;
using testing::compared;
using testing::pooled;
using testing::ReportCase;

// Beyond half of the median the times are the generator's own; what was answered was answered all the same.
ReportCase late_generator_for_fastapi() {
    ReportCase run = testing::clear_winner();
    for (model::TrialResult& trial : run.trials)
        if (trial.plan.entrant == "fastapi") {
            const Nanoseconds late{trial.samples.response_time.value_at_quantile(0.5) * 2};
            trial.samples.conduct.start_delay_p50 = late;
            trial.samples.conduct.start_delay_p99 = late;
            // It had time left, so that it was the generator that kept it waiting.
            trial.party(model::Role::contender)->usage.cpu.user /= 3;
            trial.party(model::Role::contender)->usage.cpu.system /= 3;
        }
    return run;
}

TEST(Pairs, voids_the_times_alone_where_a_rule_voids_no_more) {
    const Comparison comparison = compared(late_generator_for_fastapi());
    const Cell& cell = *comparison.cell("fastapi", 50);
    EXPECT_EQ(cell.judgement.validity, Validity::suspect);
    EXPECT_EQ(cell.find(Quantity::response_time_p99), nullptr);
    EXPECT_NE(cell.find(Quantity::goodput), nullptr);
    EXPECT_NE(comparison.cell("django", 50)->find(Quantity::response_time_p99), nullptr);
    EXPECT_EQ(pooled(comparison).pairs, 9);
    EXPECT_EQ(pooled(comparison).without_doubt.pairs, 0) << "a late generator may have taken work away";
    EXPECT_EQ(pooled(comparison, Quantity::cpu_per_operation).without_doubt.pairs, 9);
    EXPECT_EQ(pooled(comparison, Quantity::response_time_p99).pairs, 0);
    EXPECT_EQ(pooled(comparison, Quantity::response_time_p99).left_out.unknown, 9);
}

TEST(Pairs, takes_no_ratio_of_times_that_are_lower_bounds) {
    ReportCase run = testing::clear_winner();
    run.benchmark.load.model = model::LoadModel::open;
    for (model::TrialResult& trial : run.trials) {
        trial.load_model = model::LoadModel::open;
        if (trial.plan.entrant != "fastapi") continue;
        const auto half = trial.samples.requests.started / 2;
        trial.samples.conduct.halves = {{half, half, Nanoseconds{half * 10'000'000}},
                                        {half, half * 7 / 10, Nanoseconds{half * 900'000'000}}};
    }
    const Comparison comparison = compared(run);
    ASSERT_TRUE(comparison.cell("fastapi", 50)->judgement.has(model::Rule::saturation));
    EXPECT_TRUE(comparison.cell("fastapi", 50)->find(Quantity::response_time_p99)->at_least);
    EXPECT_EQ(pooled(comparison, Quantity::response_time_p99).pairs, 0);
    EXPECT_EQ(pooled(comparison).pairs, 9);
}

TEST(Pairs, doubts_no_cost_for_a_rule_of_the_cell_that_leaves_it_alone) {
    ReportCase run = testing::clear_winner();
    for (model::TrialResult& trial : run.trials)
        trial.timeout = Nanoseconds{trial.samples.response_time.value_at_quantile(0.5)};
    const Comparison comparison = compared(run);
    ASSERT_TRUE(comparison.cell("fastapi", 200)->judgement.has(model::Rule::saturated));
    EXPECT_EQ(pooled(comparison, Quantity::cpu_per_operation).without_doubt.pairs, 9);
    EXPECT_EQ(pooled(comparison).without_doubt.pairs, 0);
}

}  // namespace
}  // namespace joust::analysis
