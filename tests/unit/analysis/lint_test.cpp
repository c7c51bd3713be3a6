#include "analysis/lint.hpp"

#include <gmock/gmock.h>

#include "analysis/compare.hpp"
#include "report/words/lint.hpp"
#include "support/synthetic_trials.hpp"

namespace joust::analysis {
namespace {

using model::LintKind;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::TrialShape;

std::vector<LintKind> kinds(const model::Comparison& comparison) {
    std::vector<LintKind> found;
    for (const model::Lint& lint : comparison.lints)
        found.push_back(lint.kind);
    return found;
}

class LintTest : public ::testing::Test {
protected:
    template <typename Change>
    void of(const std::string& entrant, Change&& change) {
        for (model::TrialResult& trial : trials_)
            if (trial.plan.entrant == entrant) change(trial);
    }
    void measure(const std::vector<std::int64_t>& levels, double goodput_rps = 200) {
        benchmark_ = testing::benchmark_of({"fastapi", "django"}, levels, 3);
        trials_ = testing::synthetic_trials(benchmark_, [&](const model::PlannedTrial& plan) {
            return TrialShape{.goodput_rps = goodput_rps,
                              .p50_ms = static_cast<double>(plan.level) / goodput_rps * 1e3};
        });
    }
    [[nodiscard]] model::Comparison compared() const { return compare(benchmark_, trials_); }

    model::Benchmark benchmark_ = testing::benchmark_of({"fastapi", "django"}, {50}, 3);
    std::vector<model::TrialResult> trials_;
};

TEST_F(LintTest, FindsNothingWhereTwoDoTheSame) {
    measure({4, 50});
    EXPECT_THAT(kinds(compared()), IsEmpty());
}

TEST_F(LintTest, TellsAnswersOfUnequalSizeFromTenPercentOn) {
    measure({50});
    of("django", [](auto& trial) { trial.samples.bytes_received = trial.samples.completed_in_window * 330; });
    EXPECT_THAT(kinds(compared()), IsEmpty()) << "10 % of 300 bytes";
    of("django", [](auto& trial) { trial.samples.bytes_received = trial.samples.completed_in_window * 331; });
    const model::Comparison comparison = compared();
    ASSERT_THAT(kinds(comparison), ElementsAre(LintKind::answer_size));
    const model::Lint& lint = comparison.lints.front();
    EXPECT_EQ(lint.level, 50);
    EXPECT_NEAR(*lint.sides.at(0).value, 300, 0.01);
    EXPECT_NEAR(*lint.sides.at(1).value, 331, 0.01);
}

TEST_F(LintTest, TellsALogThatOneHasAndTheOtherHasNot) {
    measure({50});
    const auto print = [&](const std::string& entrant, std::uint64_t bytes) {
        of(entrant,
           [bytes](auto& trial) { trial.service.printed_bytes = trial.samples.completed_in_window * bytes; });
    };
    print("django", 19);
    EXPECT_THAT(kinds(compared()), IsEmpty()) << "less than a line for each";
    print("django", 80);
    EXPECT_THAT(kinds(compared()), ElementsAre(LintKind::printed));
    print("fastapi", 60);
    EXPECT_THAT(kinds(compared()), IsEmpty()) << "both log";
    of("fastapi", [](auto& trial) { trial.service.printed_bytes.reset(); });
    EXPECT_THAT(kinds(compared()), IsEmpty()) << "one is not known";
}

TEST_F(LintTest, TellsConnectionsThatDoNotLast) {
    measure({50});
    const auto open = [&](double per_operation) {
        of("django", [=](auto& trial) {
            trial.samples.connections.established =
                50 + static_cast<std::uint64_t>(per_operation *
                                                static_cast<double>(trial.samples.requests.started));
        });
    };
    open(0.04);
    EXPECT_THAT(kinds(compared()), IsEmpty());
    open(1);
    const model::Comparison comparison = compared();
    ASSERT_THAT(kinds(comparison), ElementsAre(LintKind::new_connections));
    EXPECT_NEAR(*comparison.lints.front().sides.at(0).value, 0, 1e-9)
        << "those that the load keeps are not meant";
    EXPECT_NEAR(*comparison.lints.front().sides.at(1).value, 1, 0.01);
}

TEST_F(LintTest, TellsSessionsWithTheDatabaseThatDoNotLast) {
    measure({50});
    const auto open = [&](const std::string& entrant, double per_operation) {
        of(entrant, [=](auto& trial) {
            const auto operations = static_cast<double>(trial.samples.completed_in_window);
            trial.database_traffic = model::DatabaseTraffic{
                .sessions_opened = static_cast<std::uint64_t>(per_operation * operations)};
        });
    };
    open("fastapi", 0);
    open("django", 0.04);
    EXPECT_THAT(kinds(compared()), IsEmpty());
    open("django", 1);
    const model::Comparison comparison = compared();
    ASSERT_THAT(kinds(comparison), ElementsAre(LintKind::new_database_connections));
    EXPECT_EQ(report::words::lint_text(comparison.lints.front(), benchmark_).fact,
              "connections to the database opened per operation: fastapi 0.000, django 1.00");
}

TEST_F(LintTest, TellsSettingsOfRoleOrDatabaseThatOneHas) {
    measure({50});
    const auto set = [&](const std::string& entrant, const std::vector<model::OwnSetting>& settings) {
        of(entrant, [&](auto& trial) { trial.own_settings = model::OwnSettings{.settings = settings}; });
    };
    set("fastapi", {{"", "joust_fastapi", "work_mem", "8MB"}, {"joust_fastapi", "", "work_mem", "64MB"}});
    EXPECT_THAT(kinds(compared()), IsEmpty()) << "of the other nothing is known";
    set("django", {{"joust_django", "", "work_mem", "64MB"}});
    EXPECT_THAT(kinds(compared()), IsEmpty()) << "the role's goes before the database's";
    set("django", {});
    const model::Comparison comparison = compared();
    ASSERT_THAT(kinds(comparison), ElementsAre(LintKind::database_settings));
    EXPECT_EQ(report::words::lint_text(comparison.lints.front(), benchmark_).fact,
              "setting work_mem of role or database: fastapi \"64MB\", django none");
}

TEST_F(LintTest, TellsFewOperationsOfAUserAtTheLevelWithTheFewest) {
    measure({4, 99, 500});  // 1000 operations in a window
    const model::Comparison comparison = compared();
    ASSERT_THAT(kinds(comparison), ElementsAre(LintKind::few_per_user));
    EXPECT_EQ(comparison.lints.front().sides.at(0).level, 500);
    EXPECT_NEAR(*comparison.lints.front().sides.at(0).value, 2, 1e-9);
    measure({4, 99});
    EXPECT_THAT(kinds(compared()), IsEmpty());
}

TEST_F(LintTest, TellsWorkThatGrowsForOneMoreThanForTheOther) {
    measure({4, 50});
    const auto cost = [&](const std::string& entrant, double times) {
        of(entrant, [=](auto& trial) {
            model::Usage& usage = trial.party(model::Role::contender)->usage;
            if (trial.plan.level == 50)
                usage.cpu = {from_seconds(seconds(usage.cpu.user) * times),
                             from_seconds(seconds(usage.cpu.system) * times)};
        });
    };
    cost("django", 1.4);
    EXPECT_THAT(kinds(compared()), IsEmpty());
    cost("django", 1.4);
    EXPECT_THAT(kinds(compared()), ElementsAre(LintKind::growing_work));
    cost("fastapi", 1.9);
    EXPECT_THAT(kinds(compared()), IsEmpty()) << "it is the load's, not one contender's";
}

// Of 1 CPU; django has four threads that serve, fastapi one.
TEST_F(LintTest, TellsThreadsThatWaitForACpuWhereThoseThatServeAreTooFewForIt) {
    measure({4, 50});
    benchmark_.contender_limits.cpus = 1;
    model::Environment environment = testing::synthetic_environment(benchmark_);
    for (model::ContenderFacts& facts : environment.contenders) {
        const int threads = facts.name == "django" ? 4 : 1;
        facts.stack = {};
        facts.stack.threads = threads;
    }
    const auto wait = [&](const std::string& entrant, double threads) {
        of(entrant, [=](auto& trial) {
            trial.party(model::Role::contender)->usage.run_delay =
                from_seconds(threads * seconds(trial.samples.window) * (trial.plan.level == 50 ? 1 : 0.5));
        });
    };
    const auto waiting = [&] {
        std::vector<model::Lint> found;
        for (const model::Lint& lint : compare(benchmark_, trials_, &environment).lints)
            if (lint.kind == LintKind::threads_waiting) found.push_back(lint);
        return found;
    };
    wait("django", 2.9);
    wait("fastapi", 0.85);
    EXPECT_THAT(waiting(), IsEmpty()) << "three of four wait for the fourth, and one for a short moment";
    wait("fastapi", 1);
    const std::vector<model::Lint> found = waiting();
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found.front().sides.front().level, 50);
    EXPECT_EQ(report::words::lint_text(found.front(), benchmark_).fact,
              "threads of fastapi waited for a CPU 1.0 s per second at 50 users, of which those that serve "
              "account for 0.0 at most");
    // It stands before any verdict.
    EXPECT_THAT(report::words::sentence(found.front(), benchmark_),
                ::testing::Not(::testing::HasSubstr("faster")));
    EXPECT_EQ(compare(benchmark_, trials_, &environment).winner, compare(benchmark_, trials_).winner);
    wait("django", 3.95);
    EXPECT_EQ(waiting().size(), 2U);
    of("fastapi", [](auto& trial) { trial.party(model::Role::contender)->limits_in_force.reset(); });
    EXPECT_EQ(waiting().size(), 1U) << "without limits it waits for others, too";
}

TEST_F(LintTest, TakesNothingFromInvalidTrials) {
    measure({50});
    of("django", [](auto& trial) {
        trial.samples.bytes_received = trial.samples.completed_in_window * 900;
        trial.incidents = {{model::IncidentKind::service_died, "it died"}};
    });
    EXPECT_THAT(kinds(compared()), IsEmpty());
}

TEST_F(LintTest, ComparesWhatIsDeclaredWhereThatIsKnown) {
    measure({50});
    model::Environment environment = testing::synthetic_environment(benchmark_);
    EXPECT_THAT(kinds(compare(benchmark_, trials_, &environment)),
                ElementsAre(LintKind::db_connections, LintKind::threads, LintKind::notes));
    for (model::ContenderFacts& facts : environment.contenders)
        facts.stack = {};
    EXPECT_THAT(kinds(compare(benchmark_, trials_, &environment)), IsEmpty());
    environment.contenders.at(0).versions["python"] = "3.12.0";
    environment.contenders.at(0).command = {"gunicorn", "--access-logfile=-"};
    EXPECT_THAT(kinds(compare(benchmark_, trials_, &environment)),
                ElementsAre(LintKind::versions, LintKind::development));
}

TEST_F(LintTest, TellsConstraintsThatNotAllTablesHave) {
    measure({50});
    model::Environment environment = testing::synthetic_environment(benchmark_);
    for (model::ContenderFacts& facts : environment.contenders)
        facts.stack = {};
    auto& fastapi = environment.contenders.at(0).constraints;
    auto& django = environment.contenders.at(1).constraints;
    fastapi = {"users: PRIMARY KEY (id)", "users: UNIQUE (email)"};
    EXPECT_THAT(kinds(compare(benchmark_, trials_, &environment)), IsEmpty()) << "one is not known";
    django = fastapi;
    EXPECT_THAT(kinds(compare(benchmark_, trials_, &environment)), IsEmpty());
    django = {"users: INDEX (age)", "users: PRIMARY KEY (id)"};
    const model::Comparison comparison = compare(benchmark_, trials_, &environment);
    ASSERT_THAT(kinds(comparison), ElementsAre(LintKind::constraints));
    EXPECT_THAT(
        report::words::sentence(comparison.lints.front(), benchmark_),
        ::testing::StartsWith("Constraints and indexes in which the workload's tables differ: fastapi "
                              "\"users: UNIQUE (email)\", django \"users: INDEX (age)\": "));
}

TEST_F(LintTest, TellsTheFewWhoseTablesAreNotAsMost) {
    benchmark_ = testing::benchmark_of({"fastapi", "django", "beast"}, {50}, 3);
    trials_ = testing::synthetic_trials(
        benchmark_, [](const model::PlannedTrial&) { return TrialShape{.goodput_rps = 200, .p50_ms = 250}; });
    model::Environment environment = testing::synthetic_environment(benchmark_);
    for (model::ContenderFacts& facts : environment.contenders) {
        facts.stack = {};
        facts.constraints = {"users: PRIMARY KEY (id)"};
    }
    environment.contenders.at(1).constraints = {"users: INDEX (age)"};
    const model::Comparison comparison = compare(benchmark_, trials_, &environment);
    ASSERT_THAT(kinds(comparison), ElementsAre(LintKind::constraints));
    EXPECT_THAT(report::words::sentence(comparison.lints.front(), benchmark_),
                ::testing::HasSubstr(
                    "fastapi none, django \"users: INDEX (age); no users: PRIMARY KEY (id)\", beast none: "));
}

TEST(LintKindTest, HasANameForEach) {
    std::set<std::string_view> names;
    for (std::size_t i = 0; i < model::k_lint_kinds; ++i)
        EXPECT_TRUE(names.insert(name(static_cast<LintKind>(i))).second);
    EXPECT_FALSE(names.contains(""));
}

}  // namespace
}  // namespace joust::analysis
