#include "analysis/equal_rate.hpp"

#include <gmock/gmock.h>

#include "analysis/compare.hpp"
#include "analysis/next_trials.hpp"
#include "model/measuring_time.hpp"
#include "report/words/equal_rate.hpp"
#include "report/words/verdicts.hpp"
#include "support/report_cases.hpp"
#include "support/synthetic_trials.hpp"

namespace joust::analysis {
namespace {

using model::Lens;
using model::Quantity;
using testing::TrialShape;

model::Benchmark benchmark_with_rate(int blocks) {
    model::Benchmark benchmark = testing::benchmark_of({"fastapi", "django"}, {4, 50}, blocks);
    benchmark.experiment.equal_rate = true;
    return benchmark;
}

// FastAPI does at most 300/s, Django 240/s; at an equal rate FastAPI needs half as much CPU again.
TrialShape shape(const model::PlannedTrial& plan) {
    const bool fastapi = plan.entrant == "fastapi";
    TrialShape shape{.goodput_rps = fastapi ? 300.0 : 240.0};
    if (plan.level == 4) shape.goodput_rps /= 2;
    if (plan.lens == Lens::equal_rate)
        shape = {.goodput_rps = static_cast<double>(plan.level), .cpu_ms_per_operation = fastapi ? 6.0 : 4.0};
    shape.cpu_ms_per_operation *= 1 + 0.01 * testing::noise(plan);
    return shape;
}

// As the loop over an experiment does, until the planner names nothing.
std::vector<model::TrialResult> run_all(const model::Benchmark& benchmark, const testing::ShapeOf& shape_of) {
    std::vector<model::TrialResult> trials;
    for (auto next = next_trials(benchmark, trials); !next.empty(); next = next_trials(benchmark, trials))
        for (const model::PlannedTrial& plan : next)
            trials.push_back(testing::synthetic_trial(benchmark, plan, shape_of(plan)));
    return trials;
}

TEST(EqualRate, IsHalfOfWhatTheSlowestEntrantDoesAtItsBestLevel) {
    const model::Benchmark benchmark = benchmark_with_rate(4);
    EXPECT_THAT(common_rate(benchmark, run_all(benchmark, shape)).value(),
                ::testing::AllOf(::testing::Ge(119), ::testing::Le(120)));
}

TEST(EqualRate, ComesAfterTheLastBlockWithAsManyPairsInBalancedOrder) {
    const std::vector<model::TrialResult> trials = run_all(benchmark_with_rate(4), shape);
    ASSERT_EQ(trials.size(), 4U * 2 * 2 + 4 * 2);
    int fastapi_first = 0;
    for (std::size_t i = 0; i < trials.size(); ++i) {
        const model::PlannedTrial& plan = trials[i].plan;
        EXPECT_EQ(plan.index, static_cast<int>(i));
        EXPECT_EQ(plan.lens, i < 16 ? Lens::capacity : Lens::equal_rate);
        if (plan.lens == Lens::equal_rate && plan.position == 0 && plan.entrant == "fastapi") ++fastapi_first;
    }
    EXPECT_EQ(fastapi_first, 2);
    EXPECT_EQ(trials.back().load_model, model::LoadModel::open);
}

TEST(EqualRate, GoesOnWithTheSameRateWhereARunWasInterrupted) {
    const model::Benchmark benchmark = benchmark_with_rate(4);
    std::vector<model::TrialResult> trials = run_all(benchmark, shape);
    const model::PlannedTrial last = trials.back().plan;
    trials.pop_back();
    for (model::TrialResult& trial : trials)  // what it followed from is another now
        if (trial.plan.entrant == "django") trial.samples.completed_in_window /= 2;
    const auto next = next_trials(benchmark, trials);
    ASSERT_EQ(next.size(), 2U) << "the pair as a whole, since its trials have to be near each other in time";
    for (const model::PlannedTrial& plan : next) {
        EXPECT_EQ(plan.level, last.level);
        EXPECT_EQ(plan.block, last.block);
        EXPECT_EQ(plan.lens, Lens::equal_rate);
        EXPECT_EQ(plan.attempt, 1);
    }
}

TEST(EqualRate, ComparesCostAndTailsAndLeavesTheComparisonOfCapacityAlone) {
    const model::Benchmark benchmark = benchmark_with_rate(4);
    const std::vector<model::TrialResult> trials = run_all(benchmark, shape);
    const model::Comparison comparison = compare(benchmark, trials);
    ASSERT_TRUE(comparison.equal_rate);
    EXPECT_EQ(comparison.equal_rate->blocks, 4);
    EXPECT_EQ(comparison.equal_rate->cells.size(), 2U);
    ASSERT_EQ(comparison.equal_rate->ratios.size(), 2U);
    const model::PairedRatio& cpu = comparison.equal_rate->ratios.front();
    EXPECT_EQ(cpu.quantity, Quantity::cpu_per_operation);
    EXPECT_NEAR(cpu.ratio.value(), 1.5, 0.03);
    EXPECT_EQ(cpu.verdict, model::Verdict::slower);
    EXPECT_THAT(comparison.levels, ::testing::ElementsAre(4, 50));
    model::Benchmark without = benchmark;
    without.experiment.equal_rate = false;
    const std::vector<model::TrialResult> at_levels(trials.begin(), trials.begin() + 16);
    EXPECT_EQ(comparison.ratios, compare(without, at_levels).ratios);
    EXPECT_EQ(comparison.cells, compare(without, at_levels).cells);
}

TEST(EqualRate, HasNoVerdictBeforeTheLastOfItsPairs) {
    const model::Benchmark benchmark = benchmark_with_rate(4);
    std::vector<model::TrialResult> trials = run_all(benchmark, shape);
    trials.pop_back();
    const model::Comparison comparison = compare(benchmark, trials);
    const model::PairedRatio& cpu = comparison.equal_rate->ratios.front();
    EXPECT_EQ(cpu.pairs, 3);
    EXPECT_EQ(cpu.verdict, model::Verdict::inconclusive);
    EXPECT_EQ(cpu.low, std::nullopt);
    EXPECT_THAT(report::words::why(comparison, cpu),
                ::testing::HasSubstr("the run ended before all of these pairs were there; `joust run "
                                     "--resume DIR` finishes it"));
    EXPECT_THAT(report::words::equal_rate_findings(*comparison.equal_rate).front(),
                ::testing::HasSubstr(
                    "times that of django: which decides nothing before all of its pairs are there."));
    EXPECT_EQ(comparison.ratios, compare(benchmark, run_all(benchmark, shape)).ratios);
    model::Benchmark ended = benchmark;
    ended.experiment.budget = model::measuring_time(trials);
    EXPECT_EQ(compare(ended, trials).equal_rate->ratios.front().verdict, model::Verdict::slower)
        << "the budget has no room for another pair";
}

TEST(EqualRate, IsNotPlannedWhereThereIsNobodyToCompareWith) {
    model::Benchmark benchmark = testing::benchmark_of({"django"}, {4, 50}, 4);
    benchmark.experiment.equal_rate = true;
    EXPECT_EQ(run_all(benchmark, shape).size(), 8U);
}

TEST(EqualRate, IsNotPlannedWhereAnEntrantIsInvalidThroughout) {
    const model::Benchmark benchmark = benchmark_with_rate(2);
    const auto broken = [](const model::PlannedTrial& plan) {
        TrialShape found = shape(plan);
        if (plan.entrant == "django") found.error_share = 0.5;
        return found;
    };
    EXPECT_EQ(run_all(benchmark, broken).size(), 8U);
}

TEST(EqualRate, IsPlannedOnlyWhereTheBenchmarkAsksForIt) {
    model::Benchmark benchmark = benchmark_with_rate(2);
    benchmark.experiment.equal_rate = false;
    EXPECT_EQ(run_all(benchmark, shape).size(), 8U);
}

TEST(EqualRate, SaysWhyThereIsNone) {
    using model::NoEqualRate;
    model::Benchmark benchmark = benchmark_with_rate(2);
    const std::vector<model::TrialResult> whole = run_all(benchmark, shape);
    EXPECT_EQ(compare(benchmark, whole).no_equal_rate, std::nullopt);
    const std::vector<model::TrialResult> at_levels(whole.begin(), whole.begin() + 8);
    EXPECT_EQ(compare(benchmark, at_levels).no_equal_rate, NoEqualRate::unfinished);
    EXPECT_EQ(compare(benchmark, {}).no_equal_rate, std::nullopt) << "nothing was measured";

    benchmark.experiment.budget = model::measuring_time(at_levels);
    EXPECT_EQ(compare(benchmark, at_levels).no_equal_rate, NoEqualRate::budget);
    EXPECT_TRUE(next_trials(benchmark, at_levels).empty()) << "the planner says the same";
    benchmark.experiment.budget.reset();

    std::vector<model::TrialResult> broken = at_levels;
    for (model::TrialResult& trial : broken)
        if (trial.plan.entrant == "django")
            trial.incidents = {{model::IncidentKind::service_died, "it died"}};
    EXPECT_EQ(compare(benchmark, broken).no_equal_rate, NoEqualRate::none_counts);

    benchmark.experiment.equal_rate = false;
    EXPECT_EQ(compare(benchmark, at_levels).no_equal_rate, NoEqualRate::not_asked);
    benchmark.load.model = model::LoadModel::open;
    EXPECT_EQ(compare(benchmark, at_levels).no_equal_rate, std::nullopt)
        << "its load is an equal rate itself";
    EXPECT_EQ(compare(testing::benchmark_of({"django"}, {4}, 1), {at_levels[0]}).no_equal_rate, std::nullopt);
}

}  // namespace
}  // namespace joust::analysis
