#include "experiment/experiment.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "analysis/next_trials.hpp"
#include "files/trial_json.hpp"
#include "support/synthetic_trials.hpp"

// Whole experiments with a scripted runner: the loop, the planner and the run directory are real.
namespace joust::experiment {
namespace {

using testing::benchmark_of;

/// Answers each planned trial with a made-up result, or with what the script says instead.
class ScriptedRunner final : public TrialRunner {
public:
    explicit ScriptedRunner(model::Benchmark benchmark) : benchmark_(std::move(benchmark)) {}
    std::optional<int> fails_at;  ///< the index of the trial that cannot be run

    Result<model::TrialResult> run(const model::PlannedTrial& plan, Observer&) override {
        if (fails_at == plan.index) return fail(ErrorKind::service, "{} does not start", plan.entrant);
        return testing::synthetic_trial(benchmark_, plan, {});
    }

private:
    model::Benchmark benchmark_;
};

/// Remembers what it was told, in order.
class Told final : public Observer {
public:
    std::vector<std::string> events;

    void stage(const std::string& what) override { events.push_back("stage " + what); }
    void warning(const std::string& text) override { events.push_back("warning " + text); }
    void planned(int, const model::PlannedTime&, const Path&) override { events.emplace_back("planned"); }
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

    Status run(const NextTrials& planner = analysis::next_trials) {
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
    const NextTrials planner = [&](const model::Benchmark& benchmark, auto finished) {
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
    ASSERT_TRUE(run([&](const model::Benchmark& benchmark, auto finished) {
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

TEST_F(Experiment, WhatWasInterruptedGoesOnWithTheTrialsThatAreLeftInTheSameOrder) {
    interrupted_ = [&] { return trials_.size() == 5; };
    ASSERT_FALSE(run());
    const std::vector<model::PlannedTrial> before = on_disk();
    interrupted_ = [] { return false; };
    ASSERT_TRUE(run());
    std::vector<model::PlannedTrial> all = before;
    for (const model::PlannedTrial& plan : on_disk())
        all.push_back(plan);
    EXPECT_EQ(all, whole_plan());
}

TEST_F(Experiment, AHoleInABlockIsFilledBeforeTheNextBlockBegins) {
    for (const model::PlannedTrial& plan : whole_plan())
        if (plan.block == 0 && plan.index != 2)
            trials_.push_back(testing::synthetic_trial(benchmark_, plan, {}));
    const auto next = analysis::next_trials(benchmark_, trials_);
    ASSERT_EQ(next.size(), 1U);
    model::PlannedTrial expected = whole_plan()[2];
    expected.index = 4;  // indices go on after the last one that was measured
    EXPECT_EQ(next.front(), expected);
}

}  // namespace
}  // namespace joust::experiment
