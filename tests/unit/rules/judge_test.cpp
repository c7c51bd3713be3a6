#include "rules/judge.hpp"

#include <gmock/gmock.h>

#include <algorithm>

#include "report/words/rules.hpp"
#include "support/synthetic_trials.hpp"

namespace joust::rules {
namespace {

using model::IncidentKind;
using model::TrialResult;
using model::Validity;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const model::Benchmark& benchmark() {
    static const model::Benchmark value = testing::benchmark_of({"fastapi", "django"}, {50}, 3);
    return value;
}

TrialResult sound_trial() {
    return testing::synthetic_trial(benchmark(), {0, 0, 50, 0, "django"},
                                    {.goodput_rps = 200, .p50_ms = 250});
}

model::Judgement judged(const TrialResult& trial) {
    return judge(trial, benchmark().experiment);
}

template <typename Told>
std::vector<std::string> codes(const std::vector<Told>& told) {
    std::vector<std::string> result;
    for (const Told& one : told)
        result.emplace_back(model::code(one.rule));
    return result;
}

TEST(judge, finds_nothing_in_a_sound_trial) {
    const model::Judgement judgement = judged(sound_trial());
    EXPECT_EQ(judgement.validity, Validity::valid);
    EXPECT_THAT(judgement.findings, IsEmpty());
}

struct Flaw {
    const char* code;
    Validity validity;
    const char* text;  // part of the reason, with its number
    void (*make)(TrialResult&);
};
void PrintTo(const Flaw& flaw, std::ostream* out) {
    *out << flaw.code;
}

class OneFlaw : public ::testing::TestWithParam<Flaw> {};

TEST_P(OneFlaw, is_the_one_reason) {
    TrialResult trial = sound_trial();
    GetParam().make(trial);
    const model::Judgement judgement = judged(trial);
    EXPECT_EQ(judgement.validity, GetParam().validity);
    ASSERT_EQ(codes(judgement.findings), std::vector<std::string>{GetParam().code});
    EXPECT_THAT(report::words::sentence(judgement.findings.front()), HasSubstr(GetParam().text));
}

INSTANTIATE_TEST_SUITE_P(
    every_rule, OneFlaw,
    ::testing::Values(
        Flaw{"error_rate", Validity::invalid, "1.1 % errors (limit 1 %), all wrong answers",
             [](TrialResult& trial) {
                 trial.samples.requests.failed = 11;
                 trial.samples.requests.succeeded = 989;
                 trial.samples.errors[model::RequestErrorKind::body] = 11;
             }},
        Flaw{"service_died", Validity::invalid, "exited with code 3",
             [](TrialResult& trial) { trial.service = {{}, true, "exited with code 3", 0}; }},
        Flaw{
            "out_of_memory", Validity::invalid, "killed at 2 GiB",
            [](TrialResult& trial) { trial.incidents = {{IncidentKind::out_of_memory, "killed at 2 GiB"}}; }},
        Flaw{"clock_jumped", Validity::invalid, "by 3 s",
             [](TrialResult& trial) { trial.incidents = {{IncidentKind::clock_jumped, "by 3 s"}}; }},
        Flaw{"limits_not_in_force", Validity::invalid, "quota is 2",
             [](TrialResult& trial) {
                 trial.incidents = {{IncidentKind::limits_not_in_force, "quota is 2"}};
             }},
        Flaw{"service_restarted", Validity::invalid, "1 of 2 processes",
             [](TrialResult& trial) {
                 trial.incidents = {{IncidentKind::service_restarted, "1 of 2 processes of django ended"}};
             }},
        Flaw{"effects", Validity::invalid,
             "rows of users are not as the contract: of 10 requests answered rightly 2 left no row (lost), 1 "
             "left "
             "another number than 5 (partial), 3 left 5 more than once (duplicate)",
             [](TrialResult& trial) {
                 trial.audit = model::Audit{
                     .table = "users", .rows_left = 5, .right = 4, .lost = 2, .partial = 1, .duplicate = 3};
             }},
        Flaw{"effects", Validity::invalid, "rows of users prove nothing: it is unlogged",
             [](TrialResult& trial) {
                 trial.audit = model::Audit{.table = "users", .rows_left = 5, .problem = "it is unlogged"};
             }},
        Flaw{"effects", Validity::invalid,
             "inserted 8.0 rows of users per request, contract 10; rows of users prove nothing: it is a view",
             [](TrialResult& trial) {
                 trial.effects = model::ObservedEffects{.contract = {{"users", {10, 5, 5}}},
                                                        .transactions = 1,
                                                        .acknowledged = 100,
                                                        .shapes = {{{{"users", {8, 5, 5}}}, 100}},
                                                        .rows = {{"users", {800, 500, 500}}}};
                 trial.audit = model::Audit{.table = "users", .rows_left = 5, .problem = "it is a view"};
             }},
        Flaw{"cpu_taken", Validity::suspect, "used 12 % of the CPU time that is the contender's alone",
             [](TrialResult& trial) { trial.contender_cpu_taken = trial.samples.window * 12 / 100; }},
        Flaw{"few_operations", Validity::invalid, "99 verified operations, at least 100",
             [](TrialResult& trial) { trial.samples.completed_in_window = 99; }},
        Flaw{"limits_off", Validity::suspect, "--limits off",
             [](TrialResult& trial) { trial.party(model::Role::contender)->limits_in_force.reset(); }},
        Flaw{"no_steady_state", Validity::suspect, "after 3 s of warm-up: goodput still rose",
             [](TrialResult& trial) {
                 trial.warmup.steady = false;
                 trial.warmup.why = "goodput still rose";
             }},
        Flaw{"connections", Validity::suspect, "49 of 50",
             [](TrialResult& trial) { trial.samples.connections.established = 49; }},
        Flaw{"generator_lag", Validity::suspect,
             "more than 25.1 ms late by the load generator (limit 25.0 ms)",
             [](TrialResult& trial) {  // the median response time is 250 ms
                 trial.samples.conduct.start_delay_p99 = Nanoseconds{25'100'000};
             }},
        Flaw{"generator_run_delay", Validity::suspect, "waited 26.0 ms per request",
             [](TrialResult& trial) {  // 1000 requests over two threads: the worse one counts, not the mean
                 trial.samples.run_delays = {std::chrono::milliseconds(13'000), Nanoseconds{0}};
             }},
        Flaw{"generator_throttled", Validity::suspect, "1.2 % of the window",
             [](TrialResult& trial) {
                 trial.party(model::Role::generator)->usage.throttled = std::chrono::milliseconds(60);
             }},
        Flaw{"offered_rate", Validity::suspect, "195/s of 200/s",
             [](TrialResult& trial) {
                 trial.load_model = model::LoadModel::open;
                 trial.samples.conduct.never_begun = 25;
             }},
        Flaw{"littles_law", Validity::suspect, "disagree by 25 %",
             [](TrialResult& trial) { trial.samples.in_flight_mean *= 0.75; }}));

TEST(judge, allows_exactly_the_limit_of_errors) {
    TrialResult trial = sound_trial();
    trial.samples.requests.failed = 10;
    trial.samples.requests.succeeded = 990;
    EXPECT_EQ(judged(trial).validity, Validity::valid);
}

TEST(judge, allows_a_lag_of_a_millisecond_however_fast_the_service) {
    TrialResult trial =
        testing::synthetic_trial(benchmark(), {0, 0, 50, 0, "django"}, {.goodput_rps = 200, .p50_ms = 0.2});
    trial.samples.conduct.start_delay_p99 = Nanoseconds{950'000};
    EXPECT_THAT(codes(judged(trial).findings), IsEmpty());
    trial.samples.conduct.start_delay_p99 = Nanoseconds{1'100'000};
    EXPECT_THAT(codes(judged(trial).findings), ::testing::ElementsAre("generator_lag"));
}

TEST(judge, leaves_littles_law_alone_where_the_edges_of_the_window_drown_it) {
    TrialResult trial =
        testing::synthetic_trial(benchmark(), {0, 0, 50, 0, "django"}, {.goodput_rps = 25, .p50_ms = 2000});
    trial.samples.in_flight_mean /= 2;
    const model::Judgement judgement = judged(trial);
    EXPECT_THAT(codes(judgement.findings), IsEmpty());
    EXPECT_THAT(codes(judgement.not_evaluated), ::testing::Contains("littles_law"));
}

TEST(judge, says_which_rules_had_no_data) {
    TrialResult trial = sound_trial();
    trial.samples.run_delays.clear();
    trial.party(model::Role::generator)->usage.throttled.reset();
    trial.samples.conduct.steal_share.reset();
    trial.samples.response_time_sum = Nanoseconds{0};
    EXPECT_THAT(codes(judged(trial).not_evaluated),
                ::testing::UnorderedElementsAre("generator_run_delay", "generator_throttled", "littles_law",
                                                "effects", "steal"));
}

TEST(judge, explains_errors_by_a_database_that_refused_connections_but_does_not_judge_them_twice) {
    TrialResult trial = sound_trial();
    trial.incidents = {{IncidentKind::database_connections, "too many clients, max_connections is 500"}};
    EXPECT_EQ(judged(trial).validity, Validity::valid);
    trial.samples.requests.failed = 500;
    const model::Judgement judgement = judged(trial);
    ASSERT_EQ(codes(judgement.findings), std::vector<std::string>{"error_rate"});
    EXPECT_THAT(report::words::sentence(judgement.findings.front()),
                HasSubstr("the database refused connections"));
}

}  // namespace
}  // namespace joust::rules
