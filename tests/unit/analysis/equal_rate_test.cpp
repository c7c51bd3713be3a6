#include "analysis/equal_rate.hpp"

#include <gmock/gmock.h>

#include "analysis/compare.hpp"
#include "analysis/next_trials.hpp"
#include "model/measuring_time.hpp"
#include "report/words/equal_rate.hpp"
#include "report/words/verdicts.hpp"
#include "support/compared.hpp"
#include "support/report_cases.hpp"
#include "support/synthetic_trials.hpp"

namespace joust::analysis {
namespace {

using model::Lens;
using model::Quantity;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;
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
    const model::Comparison of_ended = compare(ended, trials);
    EXPECT_EQ(of_ended.equal_rate->ratios.front().verdict, model::Verdict::inconclusive);
    EXPECT_THAT(
        report::words::why(of_ended, of_ended.equal_rate->ratios.front()),
        ::testing::HasSubstr("the budget ended the run before all of these pairs were there, and so few "
                             "give no verdict"));
}

TEST(EqualRate, IsNotPlannedWhereThereIsNobodyToCompareWith) {
    model::Benchmark benchmark = testing::benchmark_of({"django"}, {4, 50}, 4);
    benchmark.experiment.equal_rate = true;
    EXPECT_EQ(run_all(benchmark, shape).size(), 8U);
}

// A finished run, of whose trials at the equal rate some are changed.
template <typename Change>
testing::ReportCase at_the_rate(Change&& change) {
    const model::Benchmark benchmark = benchmark_with_rate(4);
    testing::ReportCase run{"equal_rate", benchmark, run_all(benchmark, shape)};
    for (model::TrialResult& trial : run.trials)
        if (trial.plan.lens == Lens::equal_rate) change(trial);
    return run;
}

std::string findings_of(const testing::ReportCase& run) {
    std::string all;
    for (const std::string& sentence : report::words::equal_rate_findings(*testing::compared(run).equal_rate))
        all += sentence + "\n";
    return all;
}

TEST(EqualRate, MarksWhatStealDoubtsAndTellsOfTheStealOfItsOwnTrials) {
    const testing::ReportCase run =
        at_the_rate([](model::TrialResult& trial) { trial.contender_steal_share = 0.1; });
    const std::string findings = findings_of(run);
    EXPECT_THAT(findings, ContainsRegex("the p99 response time .* [?]; no pair is without doubt[.]\n"));
    EXPECT_THAT(findings, ContainsRegex("CPU per operation of .*: more CPU per operation[.]\n"))
        << "steal takes nothing from what an operation costs";
    const auto warnings = report::words::warnings(testing::compared(run));
    EXPECT_THAT(warnings,
                ::testing::Contains(HasSubstr(
                    "took CPU time from 8 of 8 trials at the equal rate: ratios are those at the steal of "
                    "these (median 10 %)")));
    EXPECT_THAT(warnings, Not(::testing::Contains(HasSubstr("of this run (median"))));
}

TEST(EqualRate, SaysWhereOneDoesNotKeepUp) {
    const testing::ReportCase run = at_the_rate([](model::TrialResult& trial) {
        if (trial.plan.entrant != "fastapi") return;
        const auto half = trial.samples.requests.started / 2;
        trial.samples.conduct.halves = {{half, half, Nanoseconds{half * 10'000'000}},
                                        {half, half * 7 / 10, Nanoseconds{half * 900'000'000}}};
    });
    ASSERT_TRUE(testing::compared(run).equal_rate->cells.front().judgement.has(model::Rule::saturation));
    const std::string about =
        report::words::plain(report::words::about_equal_rate(*testing::compared(run).equal_rate));
    EXPECT_THAT(about, Not(HasSubstr("so that all keep up")));
    EXPECT_THAT(about, HasSubstr("fastapi did not keep up with it all the same"));
    EXPECT_THAT(findings_of(run), HasSubstr("requests/s each, fastapi did not keep up.\n"));
    EXPECT_THAT(findings_of(run), HasSubstr("the p99 response time of fastapi and django is not compared: "));
    const testing::ReportCase sound = at_the_rate([](model::TrialResult&) {});
    EXPECT_THAT(report::words::plain(report::words::about_equal_rate(*testing::compared(sound).equal_rate)),
                HasSubstr("so that all keep up"));
    EXPECT_THAT(findings_of(sound), Not(HasSubstr("keep up")));
}

TEST(EqualRate, SaysOnceWhyNothingIsComparedWhereOneIsInvalid) {
    const testing::ReportCase run = at_the_rate([](model::TrialResult& trial) {
        if (trial.plan.entrant == "fastapi")
            trial.incidents = {{model::IncidentKind::service_restarted, "a worker was replaced"}};
    });
    EXPECT_THAT(
        findings_of(run),
        ContainsRegex("^At 1.. requests/s each, fastapi and django are not compared: fastapi is invalid at "
                      "1.. requests/s: a worker was replaced[.]\n$"));
}

TEST(EqualRate, HasItsVerdictAloneForTheOnlyLevel) {
    const model::Comparison comparison = testing::compared(at_the_rate([](model::TrialResult&) {}));
    for (const model::PairedRatio& ratio : comparison.equal_rate->ratios)
        EXPECT_EQ(ratio.alone, ratio.verdict);
}

// The baseline again does with 0.7 of the CPU there: what the other needs more is no more than that.
TEST(EqualRate, DecidesNothingByLessThanTheBaselineDiffersFromItselfThere) {
    model::Benchmark benchmark = testing::benchmark_from(R"(name = "aa"
workload = "w"
contenders = ["fastapi", "django"]
baseline = "django"
[load]
levels = [4, 50]
duration = "5s"
[experiment]
blocks = { min = 4, max = 4 }
equal_rate = true
[[entrants]]
label = "django-again"
contender = "django"
)");
    const auto trials = run_all(benchmark, [](const model::PlannedTrial& plan) {
        TrialShape found = shape(plan);
        if (plan.lens == Lens::equal_rate && plan.entrant == "fastapi") found.cpu_ms_per_operation *= 0.8;
        if (plan.lens == Lens::equal_rate && plan.entrant == "django-again")
            found.cpu_ms_per_operation *= 0.7;
        return found;
    });
    const model::Comparison comparison = compare(benchmark, trials);
    const auto cpu_of = [&](const std::string& entrant) {
        for (const model::PairedRatio& ratio : comparison.equal_rate->ratios)
            if (ratio.entrant == entrant && ratio.quantity == Quantity::cpu_per_operation) return ratio;
        return model::PairedRatio{};
    };
    EXPECT_EQ(cpu_of("fastapi").basis, model::Basis::within_floor);
    EXPECT_EQ(cpu_of("fastapi").verdict, model::Verdict::inconclusive);
    EXPECT_EQ(cpu_of("django-again").verdict, model::Verdict::faster) << "a host is not its own measure";
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

// At 20/s a window of 5 s has 100 operations, as many as a valid trial needs; Django does 40/s, or 45.
TEST(EqualRate, IsNotPlannedWhereItsWindowsWouldHaveTooFewOperations) {
    const model::Benchmark benchmark = benchmark_with_rate(2);
    const auto doing = [&](double rps) {
        return run_all(benchmark, [rps](const model::PlannedTrial& plan) {
            return plan.lens == Lens::equal_rate ? shape(plan) : TrialShape{.goodput_rps = rps};
        });
    };
    EXPECT_EQ(doing(40).size(), 8U);
    EXPECT_EQ(compare(benchmark, doing(40)).no_equal_rate, model::NoEqualRate::too_slow);
    EXPECT_EQ(doing(45).size(), 8U + 4);
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
