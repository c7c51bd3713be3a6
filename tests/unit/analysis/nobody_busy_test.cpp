#include "rules/nobody_busy.hpp"

#include <gmock/gmock.h>

#include "analysis/compare.hpp"
#include "report/words/rules.hpp"
#include "report/words/verdicts.hpp"
#include "support/synthetic_trials.hpp"

namespace joust::analysis {
namespace {

using model::Cell;
using model::Comparison;
using model::Validity;
using testing::TrialShape;
namespace words = report::words;

constexpr const char* k_benchmark = R"(name = "waits"
workload = "w"
contenders = ["quick", "waits"]
[load]
model = "closed"
levels = [8]
duration = "5s"
think_time = "0s"
)";

// Two services, of which one spends its time waiting; `changed` says what else is known of its trials.
template <typename Change>
Comparison with_a_waiting_one(const model::Benchmark& benchmark, Change&& changed) {
    auto trials = testing::synthetic_trials(benchmark, [](const model::PlannedTrial& plan) {
        const bool waits = plan.entrant == "waits";
        return TrialShape{.goodput_rps = waits ? 180.0 : 8000.0,
                          .p50_ms = waits ? 44.0 : 1.0,
                          .cpu_ms_per_operation = 0.12,
                          .database_cpu_ms_per_operation = 0.01};
    });
    for (model::TrialResult& trial : trials)
        if (trial.plan.entrant == "waits") changed(trial);
    return compare(benchmark, trials);
}

Comparison with_a_waiting_one(std::string_view from = "", std::string_view to = "") {
    std::string text = k_benchmark;
    if (!from.empty()) text.replace(text.find(from), from.size(), to);
    return with_a_waiting_one(testing::benchmark_from(text), [](model::TrialResult&) {});
}

bool nobody_was_busy(const Comparison& comparison) {
    return comparison.cell("waits", 8)->judgement.has(model::Rule::nobody_busy);
}

TEST(nobody_busy, is_said_before_any_ratio) {
    const Comparison comparison = with_a_waiting_one();
    ASSERT_TRUE(nobody_was_busy(comparison));
    EXPECT_EQ(comparison.cell("waits", 8)->judgement.validity, Validity::valid)
        << "its goodput is what it is";
    EXPECT_FALSE(comparison.cell("quick", 8)->judgement.has(model::Rule::nobody_busy));
    const std::string headline = words::headline(comparison);
    EXPECT_EQ(
        headline.find("Nobody was busy, so what was measured is a wait, not work: waits at 8 users (of "
                      "what they may use, the contender used 3.2 %, the database 0.6 %, storage was not "
                      "evaluated). quick is faster than waits"),
        0U)
        << headline;
}

TEST(nobody_busy, names_the_wait_that_the_answers_show) {
    const Comparison comparison =
        with_a_waiting_one(testing::benchmark_from(k_benchmark), [](model::TrialResult& trial) {
            trial.samples.delayed_bodies = trial.samples.requests.succeeded;
            trial.samples.time_to_first_byte.reset();
            trial.samples.time_to_first_byte.record(1'000'000, trial.samples.service_time.count());
        });
    EXPECT_EQ(comparison.cell("waits", 8)->judgement.validity, Validity::valid);
    const std::string headline = words::headline(comparison);
    EXPECT_LT(headline.find("a wait for delayed acknowledgement"), headline.find("faster")) << headline;
}

// `samples` looks at `sessions` sessions, all in use, of which so many waited for a lock or for the log.
model::DatabaseWaits in_use(std::uint64_t sessions, std::uint64_t on_lock, std::uint64_t on_log) {
    constexpr std::uint64_t k_samples = 10;
    return {.samples = k_samples,
            .sessions = sessions * k_samples,
            .held = (sessions - on_lock - on_log) * k_samples,
            .on_lock = on_lock * k_samples,
            .on_log = on_log * k_samples,
            .all_in_use = k_samples,
            .most_sessions = sessions};
}

std::string headline_with(const model::DatabaseWaits& waits) {
    return words::headline(
        with_a_waiting_one(testing::benchmark_from(k_benchmark),
                           [&](model::TrialResult& trial) { trial.database_waits = waits; }));
}

TEST(nobody_busy, names_what_sessions_wait_for_at_the_database) {
    EXPECT_THAT(headline_with(in_use(4, 3, 0)),
                ::testing::HasSubstr("a wait for a lock that another session of the database has (3.0 of the "
                                     "4.0 sessions in use waited for it, by samples)"));
    EXPECT_THAT(
        headline_with(in_use(8, 1, 6)),
        ::testing::HasSubstr("a wait for the database's write-ahead log to be durable (6.0 of the 8.0"));
    EXPECT_THAT(headline_with(in_use(2, 0, 0)),
                ::testing::HasSubstr("a wait for one of the contender's 2.0 connections to the database (in "
                                     "100 % of the samples none was free, and 2.0 of them were held"));
}

TEST(nobody_busy, names_no_wait_without_evidence) {
    EXPECT_THAT(headline_with(in_use(8, 0, 0)), ::testing::Not(::testing::HasSubstr("a wait for")))
        << "each of the 8 users has a connection";
    model::DatabaseWaits mostly_idle = in_use(4, 0, 0);
    mostly_idle.idle = 35;
    mostly_idle.held = 0;
    mostly_idle.on_lock = 5;
    mostly_idle.all_in_use = 0;
    EXPECT_THAT(headline_with(mostly_idle), ::testing::Not(::testing::HasSubstr("a wait for")))
        << "half a session in use is not what 8 users wait for";
}

TEST(nobody_busy, counts_storage_where_it_is_known) {
    const auto with_storage = [](double share) {
        return with_a_waiting_one(testing::benchmark_from(k_benchmark), [share](model::TrialResult& trial) {
            trial.storage_busy = from_seconds(share * seconds(trial.samples.window));
        });
    };
    EXPECT_FALSE(nobody_was_busy(with_storage(0.6)));
    const Comparison idle = with_storage(0.1);
    ASSERT_TRUE(nobody_was_busy(idle));
    EXPECT_NE(words::headline(idle).find("storage 10 %"), std::string::npos) << words::headline(idle);
}

TEST(nobody_busy, is_not_said_of_who_used_all_that_other_guests_left) {
    const auto with_steal = [](double share) {
        return with_a_waiting_one(testing::benchmark_from(k_benchmark), [share](model::TrialResult& trial) {
            trial.party(model::Role::contender)->usage.cpu.user = from_seconds(0.35 * 5);
            trial.contender_steal_share = share;
        });
    };
    EXPECT_TRUE(nobody_was_busy(with_steal(0)));
    EXPECT_FALSE(nobody_was_busy(with_steal(0.6)));
}

TEST(nobody_busy, is_not_said_of_who_used_all_that_other_programs_left) {
    const auto with_others = [](double share) {
        return with_a_waiting_one(testing::benchmark_from(k_benchmark), [share](model::TrialResult& trial) {
            trial.party(model::Role::contender)->usage.cpu.user = from_seconds(0.35 * 5);
            trial.contender_cpu_taken = from_seconds(share * 5);
        });
    };
    EXPECT_TRUE(nobody_was_busy(with_others(0.05)));
    EXPECT_FALSE(nobody_was_busy(with_others(0.6)));
}

// Of a benchmark that gives contender and database four CPUs each, with so many users.
Comparison with_four_cpus(int users, double own_cpus, double database_cpus) {
    std::string text = k_benchmark;
    text.replace(text.find("[8]"), 3, fmt::format("[{}]", users));
    text += "[limits.contender]\ncpus = 4\n[limits.database]\ncpus = 4\n";
    return with_a_waiting_one(testing::benchmark_from(text), [=](model::TrialResult& trial) {
        trial.party(model::Role::contender)->usage.cpu = {from_seconds(own_cpus * 5), {}};
        trial.party(model::Role::database)->usage.cpu = {from_seconds(database_cpus * 5), {}};
    });
}

TEST(nobody_busy, is_not_said_where_one_user_keeps_somebody_busy_all_the_time) {
    const auto busy = [](const Comparison& comparison, int users) {
        return !comparison.cell("waits", users)->judgement.has(model::Rule::nobody_busy);
    };
    EXPECT_TRUE(busy(with_four_cpus(1, 0.5, 0.45), 1)) << "one after the other, 95 % of its time";
    EXPECT_FALSE(busy(with_four_cpus(1, 0.1, 0.05), 1));
    EXPECT_FALSE(busy(with_four_cpus(8, 0.97, 0.1), 8));
}

TEST(nobody_busy, does_not_take_one_session_at_its_limit_for_a_free_database) {
    std::string text = k_benchmark;
    text += "[limits.database]\ncpus = 4\n";
    const Comparison comparison =
        with_a_waiting_one(testing::benchmark_from(text), [](model::TrialResult& trial) {
            trial.party(model::Role::database)->usage.cpu = {from_seconds(0.97 * 5), {}};
            trial.database_waits = model::DatabaseWaits{.samples = 10, .sessions = 10, .all_in_use = 10};
        });
    EXPECT_FALSE(nobody_was_busy(comparison));
}

TEST(nobody_busy, is_not_evaluated_where_cpu_time_was_not_read) {
    const Comparison comparison = with_a_waiting_one(
        testing::benchmark_from(k_benchmark),
        [](model::TrialResult& trial) { trial.party(model::Role::contender)->usage.cpu = {}; });
    EXPECT_FALSE(nobody_was_busy(comparison));
    const auto& silent = comparison.cell("waits", 8)->judgement.not_evaluated;
    const auto found = std::find_if(silent.begin(), silent.end(),
                                    [](const auto& one) { return one.rule == model::Rule::nobody_busy; });
    ASSERT_NE(found, silent.end());
    EXPECT_EQ(words::sentence(*found), "CPU time of the contender was not read");
}

TEST(nobody_busy, is_said_beside_a_database_that_nobody_asks) {
    EXPECT_TRUE(nobody_was_busy(with_a_waiting_one(
        testing::benchmark_from(k_benchmark),
        [](model::TrialResult& trial) { trial.party(model::Role::database)->usage.cpu = {}; })));
}

TEST(nobody_busy, says_nothing_of_the_cpu_of_a_database_that_is_no_server) {
    const Comparison comparison = with_a_waiting_one(
        testing::benchmark_from(std::string(k_benchmark) + "[database]\nengine = \"sqlite\"\n"),
        [](model::TrialResult& trial) {
            *trial.party(model::Role::database) = {.role = model::Role::database};
        });
    ASSERT_TRUE(nobody_was_busy(comparison));
    EXPECT_THAT(words::headline(comparison),
                ::testing::HasSubstr("the contender, which does the database's work, used 3.2 %, storage"));
}

TEST(nobody_busy, tells_levels_that_wait_for_different_things_apart) {
    std::string text = k_benchmark;
    text.replace(text.find("[8]"), 3, "[1, 8, 16]");
    const Comparison comparison =
        with_a_waiting_one(testing::benchmark_from(text), [](model::TrialResult& trial) {
            if (trial.plan.level > 1) trial.database_waits = in_use(8, 6, 0);
        });
    const std::string headline = words::headline(comparison);
    EXPECT_THAT(headline,
                ::testing::HasSubstr("waits at 1 user (of what they may use, the contender used 3.2 "
                                     "%, the database 0.6 %, storage was not evaluated); waits at 8 "
                                     "and 16 users (at most, of what"));
    EXPECT_THAT(headline, ::testing::HasSubstr("the same rows, tables or advisory locks (told of 8 users)"));
}

TEST(nobody_busy, names_no_wait_that_only_few_of_its_trials_show) {
    std::string text = k_benchmark;
    text += "[experiment]\nblocks = { min = 4, max = 4 }\n";
    const Comparison comparison =
        with_a_waiting_one(testing::benchmark_from(text), [](model::TrialResult& trial) {
            if (trial.plan.block == 2) trial.samples.delayed_bodies = trial.samples.requests.succeeded;
        });
    ASSERT_TRUE(nobody_was_busy(comparison));
    EXPECT_THAT(words::headline(comparison), ::testing::Not(::testing::HasSubstr("a wait for delayed")));
}

TEST(nobody_busy, is_no_matter_at_a_given_rate) {
    EXPECT_FALSE(nobody_was_busy(with_a_waiting_one("\"closed\"", "\"open\"")));
}

// 8 users at 180/s have 44 ms from one request to the next.
TEST(nobody_busy, is_said_where_users_wait_for_longer_than_they_think) {
    const Comparison comparison = with_a_waiting_one(R"("0s")", R"("10ms")");
    EXPECT_TRUE(nobody_was_busy(comparison));
    EXPECT_FALSE(comparison.cell("waits", 8)->judgement.has(model::Rule::think_time));
    EXPECT_THAT(words::headline(comparison), ::testing::StartsWith("Nobody was busy"));
    EXPECT_FALSE(nobody_was_busy(with_a_waiting_one(R"("0s")", R"("30ms")")));
}

TEST(nobody_busy, is_not_said_where_users_that_did_not_think_would_keep_it_busy) {
    const Comparison comparison = with_a_waiting_one(
        testing::benchmark_from(
            std::string(k_benchmark).replace(std::string(k_benchmark).find("0s"), 2, "18ms")),
        [](model::TrialResult& trial) {
            trial.party(model::Role::contender)->usage.cpu.user = from_seconds(0.4 * 5);
        });
    EXPECT_FALSE(nobody_was_busy(comparison));
    EXPECT_TRUE(comparison.cell("waits", 8)->judgement.has(model::Rule::think_time));
}

TEST(think_time, is_told_before_any_ratio_where_it_was_the_limit) {
    const model::Benchmark benchmark = testing::benchmark_from(k_benchmark);
    const Comparison comparison = with_a_waiting_one(benchmark, [](model::TrialResult& trial) {
        trial.think_time = std::chrono::milliseconds(43);  // 8 users: 186/s at most
    });
    const std::string headline = words::headline(comparison);
    EXPECT_LT(
        headline.find("Limited by think time, so what was measured is the load, not the service: waits at "
                      "8 users (think time 43 ms)."),
        headline.find("faster"))
        << headline;
}

TEST(nobody_busy, where_users_pause_it_is_the_pauses_that_limit) {
    const Comparison comparison = with_a_waiting_one(R"(think_time = "0s")", R"(think_time = "30ms")");
    EXPECT_FALSE(nobody_was_busy(comparison));
    const Cell& cell = *comparison.cell("waits", 8);  // 180/s, far from 8 users ÷ 30 ms
    EXPECT_TRUE(cell.judgement.has(model::Rule::think_time));
    EXPECT_THAT(words::headline(comparison), ::testing::StartsWith("Limited by think time"));
    EXPECT_FALSE(comparison.cell("quick", 8)->judgement.has(model::Rule::nobody_busy)) << "it was busy";
}

}  // namespace
}  // namespace joust::analysis
