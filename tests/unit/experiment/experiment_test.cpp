#include "experiment/experiment.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "analysis/compare.hpp"
#include "analysis/next_trials.hpp"
#include "files/trial_json.hpp"
#include "host/facts.hpp"
#include "host/measuring_lock.hpp"
#include "support/synthetic_trials.hpp"

// Whole experiments with a scripted runner: the loop, the planner and the run directory are real.
namespace joust::experiment {
namespace {

using testing::benchmark_of;
using ::testing::Contains;
using ::testing::Not;
using namespace std::chrono_literals;

/// Answers each planned trial with a made-up result, or with what the script says instead.
class ScriptedRunner final : public TrialRunner {
public:
    explicit ScriptedRunner(model::Benchmark benchmark) : benchmark_(std::move(benchmark)) {}
    std::optional<int> fails_at;                     ///< the index of the trial that cannot be run
    std::vector<std::vector<std::string>> prepared;  ///< who was made ready together

    Status prepare(std::span<const model::PlannedTrial> pair, Observer&) override {
        prepared.emplace_back();
        for (const model::PlannedTrial& plan : pair)
            prepared.back().push_back(fmt::format("{} {} {}", plan.block, plan.level, plan.entrant));
        return {};
    }
    Result<model::TrialResult> run(const model::PlannedTrial& plan, Observer&) override {
        if (fails_at == plan.index) return fail(ErrorKind::service, "{} does not start", plan.entrant);
        model::TrialResult trial = testing::synthetic_trial(benchmark_, plan, {});
        trial.started = clock_;
        trial.took = took(plan);
        clock_ += *trial.took;
        return trial;
    }
    std::function<Nanoseconds(const model::PlannedTrial&)> took = [](const auto&) { return 10s; };

private:
    model::Benchmark benchmark_;
    WallTime clock_{1'772'368'245s};
};

/// Remembers what it was told, in order.
class Told final : public Observer {
public:
    std::vector<std::string> events;

    void stage(const std::string& what) override { events.push_back("stage " + what); }
    void warning(const std::string& text) override { events.push_back("warning " + text); }
    void planned(const model::PlannedRun&, int, const Path&) override { events.emplace_back("planned"); }
    void trial_started(const model::PlannedTrial& trial) override {
        events.push_back(fmt::format("start {}", trial.index));
    }
    void trial_reading(const model::PlannedTrial&, const LiveReading&) override {}
    void trial_finished(const model::TrialResult& result) override {
        events.push_back(fmt::format("finish {}", result.plan.index));
    }
};

class Experiment : public ::testing::Test {
protected:
    Experiment()
        : results_(Path(::testing::TempDir()) /
                   ::testing::UnitTest::GetInstance()->current_test_info()->name()) {
        std::filesystem::remove_all(results_);
    }
    ~Experiment() override { std::filesystem::remove_all(results_); }

    static std::vector<model::PlannedTrial> next_trials(const model::Benchmark& benchmark,
                                                        const std::vector<model::TrialResult>& finished) {
        return analysis::next_trials(benchmark, finished);
    }
    Status run(const NextTrials& planner = next_trials) {
        auto directory = files::RunDirectory::create(results_, benchmark_.name, wall_now());
        if (!directory) return tl::unexpected(directory.error());
        path_ = directory->path();
        return run_trials(runner_, planner, benchmark_, *directory, told_, interrupted_, trials_);
    }
    /// What the files say afterwards: contender, level and block of each trial.
    [[nodiscard]] std::vector<model::PlannedTrial> on_disk() const {
        std::vector<model::PlannedTrial> plans;
        const files::StoredTrials stored = files::read_trials(path_).value();
        for (const model::TrialResult& trial : stored.trials)
            plans.push_back(trial.plan);
        return plans;
    }
    [[nodiscard]] std::vector<model::PlannedTrial> whole_plan() const {
        std::vector<model::PlannedTrial> plans;
        for (int block = 0; block < benchmark_.experiment.blocks_min; ++block)
            for (const auto& plan : model::plan_block(benchmark_, block, static_cast<int>(plans.size())))
                plans.push_back(plan);
        return plans;
    }

    static constexpr const char* budgeted_ = R"(
name = "b"
workload = "io-intensive"
contenders = ["fastapi", "django"]
[load]
levels = [4, 50]
duration = "5s"
[experiment]
blocks = { min = 4, max = 4 }
budget = "85s"
)";
    model::Benchmark benchmark_ = benchmark_of({"fastapi", "django"}, {4, 50}, 3);
    ScriptedRunner runner_{benchmark_};
    Told told_;
    Interrupted interrupted_ = [] { return false; };
    std::vector<model::TrialResult> trials_;
    Path results_;
    Path path_;
};

TEST_F(Experiment, MeasuresWholeBlocksInTheSeedsOrderAndWritesEachTrialBeforeTheNextBegins) {
    std::size_t written_before_it = 0;
    const NextTrials planner = [&](const model::Benchmark& benchmark, const auto& finished) {
        EXPECT_EQ(finished.size(), written_before_it);
        if (!finished.empty()) {
            EXPECT_EQ(on_disk().size(), finished.size());
        }
        auto next = analysis::next_trials(benchmark, finished);
        written_before_it += next.size();
        return next;
    };
    ASSERT_TRUE(run(planner));
    EXPECT_EQ(on_disk(), whole_plan());
    ASSERT_EQ(told_.events.size(), 24U);
    for (int i = 0; i < 12; ++i) {
        EXPECT_EQ(told_.events[static_cast<std::size_t>(2 * i)], fmt::format("start {}", i));
        EXPECT_EQ(told_.events[static_cast<std::size_t>(2 * i + 1)], fmt::format("finish {}", i));
    }
}

TEST_F(Experiment, EndsAsSoonAsThePlannerNamesNothing) {
    ASSERT_TRUE(run([&](const model::Benchmark& benchmark, const auto& finished) {
        return finished.size() < 4 ? analysis::next_trials(benchmark, finished)
                                   : std::vector<model::PlannedTrial>();
    }));
    EXPECT_EQ(on_disk().size(), 4U);
}

TEST_F(Experiment, AnInterruptionBetweenTwoTrialsKeepsTheFinishedOnes) {
    interrupted_ = [&] { return trials_.size() == 5; };
    const Status done = run();
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().kind, ErrorKind::interrupted);
    EXPECT_EQ(on_disk().size(), 5U);
}

TEST_F(Experiment, ATrialThatCannotBeRunEndsItWithItsReasonAndKeepsTheFinishedOnes) {
    runner_.fails_at = 7;
    const Status done = run();
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().kind, ErrorKind::service);
    EXPECT_EQ(on_disk().size(), 7U);
    EXPECT_EQ(told_.events.back(), "start 7");
}

TEST_F(Experiment, ThePairsOfALevelAreMadeReadyTogetherBeforeTheirFirstTrial) {
    ASSERT_TRUE(run());
    ASSERT_EQ(runner_.prepared.size(), 6U);
    for (std::size_t i = 0; i < 6; ++i) {
        const std::string place = fmt::format("{} {} ", i / 2, i % 2 == 0 ? 4 : 50);
        EXPECT_THAT(runner_.prepared[i],
                    ::testing::UnorderedElementsAre(place + "fastapi", place + "django"));
    }
}

TEST_F(Experiment, WhatWasInterruptedBetweenPairsGoesOnInTheSameOrder) {
    interrupted_ = [&] { return trials_.size() == 6; };
    ASSERT_FALSE(run());
    const std::vector<model::PlannedTrial> before = on_disk();
    interrupted_ = [] { return false; };
    ASSERT_TRUE(run());
    std::vector<model::PlannedTrial> all = before;
    for (const model::PlannedTrial& plan : on_disk())
        all.push_back(plan);
    EXPECT_EQ(all, whole_plan());
}

TEST_F(Experiment, AnUnfinishedPairIsMeasuredAnewAsItsNextAttemptAndItsFinishedHalfIsKept) {
    interrupted_ = [&] { return trials_.size() == 5; };
    ASSERT_FALSE(run());
    interrupted_ = [] { return false; };
    ASSERT_TRUE(run());
    ASSERT_EQ(trials_.size(), 13U);
    const std::vector<model::PlannedTrial> planned = whole_plan();
    EXPECT_EQ(trials_[4].plan, planned[4]);
    for (const std::size_t i : {5U, 6U}) {
        model::PlannedTrial expected = planned[i - 1];
        expected.attempt = 1;
        expected.index = static_cast<int>(i);
        EXPECT_EQ(trials_[i].plan, expected);
    }
    EXPECT_EQ(trials_[7].plan.attempt, 0);
    EXPECT_EQ(trials_[12].plan.index, 12);
}

// "13/12" it said of the last one.
TEST_F(Experiment, WhatGoesOnCountsTheTrialsThatAreMeasuredAnew) {
    EXPECT_EQ(plan_after(benchmark_, {}).most_trials, 12);
    interrupted_ = [&] { return trials_.size() == 5; };
    ASSERT_FALSE(run());
    EXPECT_EQ(plan_after(benchmark_, trials_).fewest_trials, 13);
    EXPECT_EQ(plan_after(benchmark_, trials_).most_trials, 13);
    interrupted_ = [] { return false; };
    ASSERT_TRUE(run());
    EXPECT_EQ(trials_.back().plan.index, 12);
    EXPECT_EQ(plan_after(benchmark_, trials_).most_trials, 13) << "its half is there still";
}

TEST_F(Experiment, TheHalfOfAPairThatWasMeasuredAnewIsInNoRatio) {
    interrupted_ = [&] { return trials_.size() == 5; };
    ASSERT_FALSE(run());
    interrupted_ = [] { return false; };
    ASSERT_TRUE(run());
    const model::Comparison comparison = analysis::compare(benchmark_, trials_);
    EXPECT_EQ(comparison.ratio(model::Quantity::goodput, "fastapi", std::nullopt)->pairs, 6);
}

TEST_F(Experiment, AHoleInABlockIsFilledBeforeTheNextBlockBegins) {
    for (const model::PlannedTrial& plan : whole_plan())
        if (plan.block == 0 && plan.index != 2)
            trials_.push_back(testing::synthetic_trial(benchmark_, plan, {}));
    const auto next = analysis::next_trials(benchmark_, trials_);
    ASSERT_EQ(next.size(), 2U) << "the whole pair";
    model::PlannedTrial expected = whole_plan()[2];
    expected.index = 4;  // indices go on after the last one that was measured
    expected.attempt = 1;
    EXPECT_EQ(next.front(), expected);
}

TEST_F(Experiment, APairThatDoesNotFitIntoTheBudgetIsNotBegun) {
    benchmark_ = testing::benchmark_from(budgeted_);
    // A trial takes 10 s, and the first block 40 s; the second has slower trials.
    const NextTrials planner = [&](const model::Benchmark& benchmark,
                                   const std::vector<model::TrialResult>& finished) {
        return analysis::next_trials(benchmark, finished);
    };
    runner_.took = [](const model::PlannedTrial& plan) { return plan.block == 0 ? 10s : 14s; };
    ASSERT_TRUE(run(planner));
    EXPECT_EQ(trials_.size(), 6U) << "40 s, a pair of 28 s, and 20 s more are above 85 s";
}

TEST_F(Experiment, ThatIsCompleteAndGoesOnWaitsForNoOtherRun) {
    RunSpec spec{.benchmark = benchmark_of({"django"}, {4}, 1),
                 .workload = {.name = "w", .title = "W", .description = "", .operations = {}}};
    spec.contenders.emplace_back().name = "django";
    auto directory = files::RunDirectory::create(results_, spec.benchmark.name, wall_now());
    ASSERT_TRUE(directory && directory->write(spec.benchmark) && directory->write(spec.workload));
    model::Environment environment = testing::synthetic_environment(spec.benchmark);
    environment.host = host::read_facts(directory->path());
    environment.git_commit.clear();
    ASSERT_TRUE(directory->write(environment));
    ASSERT_TRUE(run_trials(runner_, next_trials, spec.benchmark, *directory, told_, interrupted_, trials_));
    spec.resume = directory->path();

    const auto other = host::MeasuringLock::take();  // or another has it
    const auto outcome = run_experiment(spec, told_, interrupted_, next_trials);
    ASSERT_TRUE(outcome) << outcome.error().message;
    EXPECT_TRUE(outcome->was_complete);
    EXPECT_EQ(outcome->trials.size(), 1U);
    EXPECT_EQ(outcome->run_directory, directory->path());
    EXPECT_THAT(told_.events, Not(Contains("stage wait for another run of joust to end")));
}

}  // namespace
}  // namespace joust::experiment
