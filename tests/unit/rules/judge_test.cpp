#include "rules/judge.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <array>

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
        Flaw{"foreign_requests", Validity::invalid, "somebody else sent it requests: beside the 547",
             [](TrialResult& trial) {
                 trial.effects = model::ObservedEffects{.contract = {{"users", {10, 5, 5}}},
                                                        .transactions = 1,
                                                        .acknowledged = 547,
                                                        .shapes = {{{{"users", {10, 5, 5}}}, 551}},
                                                        .rows = {{"users", {5510, 2755, 2755}}}};
                 trial.audit =
                     model::Audit{.table = "users", .rows_left = 5, .right = 547, .foreign_rows = 20};
             }},
        Flaw{"cpu_taken", Validity::suspect, "used 12 % of the CPU time that is the contender's alone",
             [](TrialResult& trial) { trial.contender_cpu_taken = trial.samples.window * 12 / 100; }},
        Flaw{"cpu_taken", Validity::suspect, "used 12 % of the CPU time that is the contender's alone",
             [](TrialResult& trial) {  // by a rival that waits for its turn
                 trial.contender_cpu_taken = trial.samples.window / 100;
                 trial.resting_cpu = trial.samples.window * 11 / 100;
             }},
        Flaw{"few_operations", Validity::invalid, "99 verified operations, at least 100",
             [](TrialResult& trial) { trial.samples.completed_in_window = 99; }},
        Flaw{"limits_off", Validity::suspect, "--limits off",
             [](TrialResult& trial) { trial.party(model::Role::contender)->limits_in_force.reset(); }},
        Flaw{"no_steady_state", Validity::suspect, "after 3 s of warm-up: goodput still rose",
             [](TrialResult& trial) {
                 trial.warmup.steady = false;
                 trial.warmup.why = "goodput still rose";
             }},
        Flaw{"no_steady_state", Validity::suspect,
             "goodput moved by 40 % from the first half of the window to the second",
             [](TrialResult& trial) {
                 trial.samples.conduct.halves = {{600, 600, std::chrono::seconds(150)},
                                                 {400, 400, std::chrono::seconds(100)}};
             }},
        Flaw{"latency_not_steady", Validity::suspect,
             "goodput had settled, response times had not after 3 s of warm-up: the mean response time still "
             "moved",
             [](TrialResult& trial) {
                 trial.warmup.steady = false;
                 trial.warmup.goodput_steady = true;
                 trial.warmup.why = "the mean response time still moved";
             }},
        Flaw{"no_steady_state", Validity::suspect,
             "2.5 threads of the contender were ready to run on average",
             [](TrialResult& trial) {
                 trial.warmup.steady = false;
                 trial.party(model::Role::contender)->usage.run_delay =
                     std::chrono::duration_cast<Nanoseconds>(trial.samples.window * 2.5);
             }},
        Flaw{"delayed_body", Validity::valid,
             "60 % of the answers were held back in their middle by delayed "
             "acknowledgement (the answers' last byte comes",
             [](TrialResult& trial) { trial.samples.delayed_bodies = 600; }},
        Flaw{"think_time", Validity::suspect,
             "50 users that pause for 240 ms between two requests can cause 208/s at most, and 200/s were "
             "measured",
             [](TrialResult& trial) { trial.think_time = std::chrono::milliseconds(240); }},
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
        Flaw{"generator_throttled", Validity::suspect, "1.2 % of the window",  // 60 ms
             [](TrialResult& trial) {
                 trial.party(model::Role::generator)->usage.throttled = std::chrono::milliseconds(60);
             }},
        Flaw{"generator_throttled", Validity::invalid, "2.4 % of the window",
             [](TrialResult& trial) {
                 trial.party(model::Role::generator)->usage.throttled = std::chrono::milliseconds(120);
             }},
        Flaw{"generator_cpu", Validity::invalid, "on its CPU for 97 % of the window (limit 90 %)",
             [](TrialResult& trial) {  // and the contender on its own for 80 %
                 trial.samples.conduct.thread_cpu = {trial.samples.window * 97 / 100};
             }},
        Flaw{"offered_rate", Validity::invalid, "195/s of 200/s",
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

TEST(judge, says_of_wrong_answers_that_most_have_another_id_than_their_requests) {
    TrialResult trial = sound_trial();
    trial.samples.requests.failed = 500;
    trial.samples.errors[model::RequestErrorKind::body] = 500;
    trial.samples.ids = {{.prefix = "a", .issued = 1000}};
    trial.samples.ids[0].unacknowledged.assign(500, {7, model::RequestErrorKind::body});
    const auto told = [&](std::uint64_t wrong_ids) {
        trial.samples.ids[0].wrong_id = wrong_ids;
        return report::words::sentence(judged(trial).findings.front());
    };
    const std::string words = "wrong answers, most of them with another id than their request's";
    EXPECT_THAT(told(251), HasSubstr(words));
    EXPECT_THAT(told(250), ::testing::Not(HasSubstr(words)));
    trial.samples.errors[model::RequestErrorKind::reset] = 501;
    EXPECT_THAT(told(500), ::testing::Not(HasSubstr(words))) << "most errors are others";
}

// The table of method section 4: a rule, how far it was broken, and what that does to goodput, latency, cost.
struct EffectsOf {
    const char* rule;
    model::Grade grade;
    const char* effects;
};
void PrintTo(const EffectsOf& row, std::ostream* out) {
    *out << row.rule;
}

class MethodRow : public ::testing::TestWithParam<EffectsOf> {};

TEST_P(MethodRow, does_to_each_figure_what_the_method_says) {
    const auto found = std::find_if(model::rules().begin(), model::rules().end(),
                                    [](const model::RuleRow& row) { return row.code == GetParam().rule; });
    ASSERT_NE(found, model::rules().end());
    const auto word = [](model::Effect effect) {
        constexpr std::array<const char*, 5> words{"-", "explain", "doubt", "bound", "void"};
        return std::string(words[static_cast<std::size_t>(effect)]);
    };
    const model::Effects& effects = found->effects(GetParam().grade);
    EXPECT_EQ(word(effects.goodput) + " " + word(effects.latency) + " " + word(effects.cost),
              GetParam().effects);
}

constexpr auto k_usual = model::Grade::usual;
constexpr auto k_grave = model::Grade::grave;
constexpr auto k_slight = model::Grade::slight;
constexpr auto k_grave_slight = model::Grade::grave_slight;
INSTANTIATE_TEST_SUITE_P(table, MethodRow,
                         ::testing::Values(EffectsOf{"effects", k_usual, "void void void"},
                                           EffectsOf{"error_rate", k_usual, "void void void"},
                                           EffectsOf{"service_restarted", k_usual, "void void void"},
                                           EffectsOf{"service_died", k_usual, "void void void"},
                                           EffectsOf{"out_of_memory", k_usual, "void void void"},
                                           EffectsOf{"limits_not_in_force", k_usual, "void void void"},
                                           EffectsOf{"clock_jumped", k_usual, "void void void"},
                                           EffectsOf{"few_operations", k_usual, "void void void"},
                                           EffectsOf{"littles_law", k_grave, "- bound -"},
                                           EffectsOf{"no_steady_state", k_usual, "doubt doubt doubt"},
                                           EffectsOf{"latency_not_steady", k_usual, "- doubt -"},
                                           EffectsOf{"steal", k_usual, "doubt doubt -"},
                                           EffectsOf{"cpu_taken", k_usual, "doubt doubt -"},
                                           EffectsOf{"database_taken", k_usual, "doubt doubt -"},
                                           EffectsOf{"foreign_requests", k_usual, "void void void"},
                                           EffectsOf{"generator_lag", k_usual, "doubt doubt -"},
                                           EffectsOf{"generator_lag", k_slight, "- doubt -"},
                                           EffectsOf{"generator_lag", k_grave, "doubt void -"},
                                           EffectsOf{"generator_lag", k_grave_slight, "- void -"},
                                           EffectsOf{"generator_run_delay", k_usual, "doubt doubt -"},
                                           EffectsOf{"generator_run_delay", k_slight, "- doubt -"},
                                           EffectsOf{"generator_run_delay", k_grave, "doubt void -"},
                                           EffectsOf{"generator_run_delay", k_grave_slight, "- void -"},
                                           EffectsOf{"generator_cpu", k_grave_slight, "void void -"},
                                           EffectsOf{"generator_cpu", k_usual, "doubt doubt -"},
                                           EffectsOf{"generator_cpu", k_grave, "void void -"},
                                           EffectsOf{"generator_limits", k_usual, "void void -"},
                                           EffectsOf{"generator_stopped", k_grave, "void void -"},
                                           EffectsOf{"generator_throttled", k_grave, "void void -"},
                                           EffectsOf{"offered_rate", k_grave, "void void -"},
                                           EffectsOf{"saturation", k_usual, "explain bound -"},
                                           EffectsOf{"limits_off", k_usual, "doubt doubt doubt"},
                                           EffectsOf{"nobody_busy", k_usual, "explain explain -"},
                                           EffectsOf{"delayed_body", k_usual, "- explain -"},
                                           EffectsOf{"think_time", k_usual, "doubt - -"},
                                           EffectsOf{"redirects", k_usual, "explain - -"}));

TEST(judge, leaves_the_goodput_of_a_busy_contender_where_the_generator_was_busy_too) {
    TrialResult trial = sound_trial();
    trial.samples.conduct.thread_cpu = {trial.samples.window * 97 / 100};
    trial.party(model::Role::contender)->limits_in_force->cpu_quota = 1;
    trial.party(model::Role::contender)->usage.cpu = {trial.samples.window * 95 / 100, Nanoseconds{0}};
    const model::Judgement judgement = judged(trial);
    ASSERT_EQ(codes(judgement.findings), std::vector<std::string>{"generator_cpu"});
    EXPECT_EQ(judgement.findings.front().effects().goodput, model::Effect::doubts);
}

// A generator on its CPU all the time, before a contender of two CPUs that uses `used` of one.
TrialResult before_a_busy_generator(double used) {
    TrialResult trial = sound_trial();
    trial.samples.conduct.thread_cpu = {trial.samples.window * 97 / 100};
    model::Party& contender = *trial.party(model::Role::contender);
    contender.limits_in_force->cpu_quota = 2;
    contender.usage.cpu = {from_seconds(used * seconds(trial.samples.window)), Nanoseconds{0}};
    trial.processes.reset();
    return trial;
}

model::Effect of_busy_generator_on_goodput(const TrialResult& trial) {
    for (const model::Finding& finding : judged(trial).findings)
        if (finding.rule == model::Rule::generator_cpu) return finding.effects().goodput;
    return model::Effect::none;
}

TEST(judge, a_busy_generator_voids_only_where_the_contender_could_have_done_more) {
    TrialResult trial = before_a_busy_generator(0.95);
    EXPECT_EQ(of_busy_generator_on_goodput(trial), model::Effect::voids);
    trial.processes = model::ServiceProcesses{.declared = 1, .workers = 1};
    EXPECT_EQ(of_busy_generator_on_goodput(trial), model::Effect::doubts) << "one worker has no second CPU";
    trial = before_a_busy_generator(1.65);
    EXPECT_EQ(of_busy_generator_on_goodput(trial), model::Effect::voids);
    trial.contender_steal_share = 0.1;
    EXPECT_EQ(of_busy_generator_on_goodput(trial), model::Effect::doubts) << "a tenth was not there to use";
    trial = before_a_busy_generator(0.3);
    trial.load_model = model::LoadModel::open;
    EXPECT_EQ(of_busy_generator_on_goodput(trial), model::Effect::doubts) << "the rate is the plan's";
}

TEST(judge, tells_first_of_a_contender_that_is_too_fast_because_it_does_not_do_the_work) {
    TrialResult trial = sound_trial();
    trial.samples.conduct.thread_cpu = {trial.samples.window * 97 / 100};
    trial.audit = model::Audit{.table = "users", .rows_left = 5, .lost = 1};
    EXPECT_THAT(codes(judged(trial).findings), ::testing::ElementsAre("effects", "generator_cpu"));
}

TEST(judge, does_not_doubt_the_goodput_of_a_busy_contender_for_a_late_generator) {
    TrialResult trial = sound_trial();
    trial.samples.conduct.start_delay_p99 = Nanoseconds{25'100'000};
    model::Party& contender = *trial.party(model::Role::contender);
    contender.limits_in_force->cpu_quota = 1;
    contender.usage.cpu = {trial.samples.window, Nanoseconds{0}};
    const model::Judgement judgement = judged(trial);
    ASSERT_EQ(codes(judgement.findings), std::vector<std::string>{"generator_lag"});
    EXPECT_EQ(judgement.findings.front().effects().goodput, model::Effect::none);
    EXPECT_EQ(judgement.findings.front().effects().latency, model::Effect::doubts);
    trial.samples.conduct.start_delay_p50 = Nanoseconds{140'000'000};  // of 250 ms, the median
    const model::Judgement by_far = judged(trial);
    ASSERT_EQ(codes(by_far.findings), std::vector<std::string>{"generator_lag"});
    EXPECT_EQ(by_far.findings.front().effects().goodput, model::Effect::none);
    EXPECT_EQ(by_far.findings.front().effects().latency, model::Effect::voids);
}

TEST(judge, voids_the_times_of_a_generator_that_waited_for_its_cpu_for_more_than_half_of_them) {
    TrialResult trial = sound_trial();
    trial.samples.run_delays = {std::chrono::milliseconds(64'000), Nanoseconds{0}};  // 1000 over two threads
    const model::Judgement judgement = judged(trial);
    ASSERT_EQ(codes(judgement.findings), std::vector<std::string>{"generator_run_delay"});
    EXPECT_EQ(judgement.findings.front().effects().latency, model::Effect::voids);
    EXPECT_EQ(judgement.findings.front().effects().goodput, model::Effect::doubts);
}

TEST(judge, lets_goodput_differ_between_the_halves_as_chance_has_it) {
    TrialResult trial = sound_trial();
    trial.samples.conduct.halves = {{55, 55, std::chrono::seconds(14)}, {45, 45, std::chrono::seconds(11)}};
    EXPECT_THAT(codes(judged(trial).findings), IsEmpty());
}

model::Judgement judged_over(const std::vector<std::uint64_t>& seconds) {
    TrialResult trial = sound_trial();
    trial.samples.window = std::chrono::seconds(seconds.size());
    trial.samples.seconds.clear();
    for (std::size_t i = 0; i < seconds.size(); ++i)
        trial.samples.seconds.push_back({.second = static_cast<std::int64_t>(i), .succeeded = seconds[i]});
    return judged(trial);
}

TEST(judge, doubts_goodput_that_moves_along_the_window) {
    const auto steady = ::testing::Not(::testing::Contains("no_steady_state"));
    EXPECT_THAT(codes(judged_over({240, 228, 200, 172, 160}).findings),
                ::testing::Contains("no_steady_state"));
    EXPECT_THAT(codes(judged_over({160, 172, 200, 228, 240}).findings),
                ::testing::Contains("no_steady_state"));
    EXPECT_THAT(codes(judged_over({220, 212, 200, 190, 180}).findings), steady) << "by less";
    EXPECT_THAT(codes(judged_over({260, 150, 240, 190, 130}).findings), steady) << "by chance";
    EXPECT_THAT(codes(judged_over({240, 200, 160}).findings), steady) << "too few seconds";
}

TEST(judge, doubts_goodput_whose_halves_differ_by_more_than_chance_and_a_sixth) {
    TrialResult trial = sound_trial();
    trial.samples.conduct.halves = {{855, 855, std::chrono::seconds(125)},
                                    {645, 645, std::chrono::seconds(125)}};
    const model::Judgement judgement = judged(trial);
    EXPECT_THAT(codes(judgement.findings), ::testing::Contains("no_steady_state")) << "57 : 43 of 1500";
}

}  // namespace
}  // namespace joust::rules
