#include "rules/judge.hpp"

#include <gmock/gmock.h>

#include "report/words/rules.hpp"

namespace joust::rules {
namespace {

using namespace std::chrono_literals;
using model::LoadModel;
using model::Samples;
using model::Validity;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// 10 s of 500 requests per second that take 20 ms, by a generator beyond reproach.
Samples sound() {
    Samples samples;
    samples.window = 10s;
    samples.requests = {.started = 5000, .succeeded = 5000};
    samples.completed_in_window = 5000;
    samples.response_time.record(20'000'000, 5000);
    samples.service_time = samples.response_time;
    samples.schedule_lag.record(30'000, 5000);
    samples.response_time_sum = 100s;
    samples.in_flight_mean = 10;
    samples.connections = {.asked = 10, .established = 10, .peak = 10};
    samples.threads = 2;
    samples.run_delays = {1ms, 2ms};
    samples.generator.throttled = 0ns;
    samples.conduct = {.thread_cpu = {200ms, 300ms},
                       .thread_stopped = {0ns, 0ns},
                       .longest_stop = 0ns,
                       .start_delay_p50 = 10us,
                       .start_delay_p99 = 60us,
                       .steal_share = 0.002,
                       .halves = {{2500, 2490, 50s}, {2500, 2500, 50s}}};
    return samples;
}

model::Judgement judged(const Samples& samples, LoadModel load_model = LoadModel::open) {
    return self_check({.samples = samples, .generator = samples.generator, .load_model = load_model});
}

model::Judgement over_schedule(const Samples& samples, Nanoseconds length) {
    return self_check({.samples = samples,
                       .generator = samples.generator,
                       .load_model = LoadModel::open,
                       .schedule_length = length});
}

template <typename Told>
std::vector<std::string> reason_codes(const std::vector<Told>& told) {
    std::vector<std::string> result;
    for (const Told& one : told)
        result.emplace_back(model::code(one.rule));
    return result;
}

TEST(self_check, finds_nothing_in_a_sound_run) {
    for (const LoadModel load_model : {LoadModel::open, LoadModel::closed}) {
        const model::Judgement judgement = judged(sound(), load_model);
        EXPECT_EQ(judgement.validity, Validity::valid);
        EXPECT_THAT(reason_codes(judgement.findings), IsEmpty());
        EXPECT_THAT(reason_codes(judgement.not_evaluated), IsEmpty());
    }
}

// The window ends with the last answer: what it took after the last request was due is not time without load.
TEST(self_check, judges_a_load_that_stops_by_count_over_its_schedule) {
    Samples samples = sound();
    samples.window = 12s;
    samples.in_flight_mean = 100.0 / 12;
    EXPECT_THAT(reason_codes(over_schedule(samples, 10s).findings), IsEmpty());
    samples.conduct.never_begun = 160;
    const auto shed = over_schedule(samples, 10s).findings;
    ASSERT_EQ(reason_codes(shed), std::vector<std::string>{"offered_rate"});
    EXPECT_THAT(report::words::sentence(shed.front()), HasSubstr("484/s of 500/s were sent"));
    samples.conduct.never_begun = 0;
    samples.conduct.halves = {{2500, 2000, 12s}, {2500, 2000, 88s}};
    const auto saturated = over_schedule(samples, 10s).findings;
    ASSERT_EQ(reason_codes(saturated), std::vector<std::string>{"saturation"});
    EXPECT_THAT(report::words::sentence(saturated.front()),
                HasSubstr("of 500/s offered in the second half of the schedule 400/s were served"));
}

// At 500/s a seed drew 470/s.
TEST(self_check, does_not_hold_against_the_rate_that_a_draw_had_fewer_arrivals) {
    Samples samples = sound();
    samples.requests = {.started = 4700, .succeeded = 4700};
    samples.response_time_sum = 94s;
    samples.in_flight_mean = 9.4;
    EXPECT_THAT(reason_codes(judged(samples).findings), IsEmpty());
}

TEST(self_check, says_that_without_a_request_there_was_no_rate) {
    Samples samples = sound();
    samples.requests = {};
    samples.response_time_sum = 0ns;
    EXPECT_THAT(reason_codes(judged(samples).not_evaluated), Contains("offered_rate"));
}

// A signal ended the load before its schedule was through.
TEST(self_check, judges_a_schedule_that_was_cut_short_over_the_window) {
    EXPECT_THAT(reason_codes(over_schedule(sound(), 60s).findings), IsEmpty());
}

struct Fault {
    const char* name;
    const char* code;
    Validity validity;
    const char* text;          // with the value and its bound
    void (*within)(Samples&);  // just within the bound: no reason
    void (*beyond)(Samples&);  // just beyond it
    LoadModel load_model = LoadModel::open;
};
void PrintTo(const Fault& fault, std::ostream* out) {
    *out << fault.name;
}

class OneFault : public ::testing::TestWithParam<Fault> {};

TEST_P(OneFault, is_the_one_reason_beyond_its_bound_and_none_within) {
    Samples within = sound();
    GetParam().within(within);
    EXPECT_THAT(reason_codes(judged(within, GetParam().load_model).findings), IsEmpty());
    Samples beyond = sound();
    GetParam().beyond(beyond);
    const model::Judgement judgement = judged(beyond, GetParam().load_model);
    EXPECT_EQ(judgement.validity, GetParam().validity);
    ASSERT_EQ(reason_codes(judgement.findings), std::vector<std::string>{GetParam().code});
    EXPECT_THAT(report::words::sentence(judgement.findings.front()), HasSubstr(GetParam().text));
}

// The median response time is 20 ms, so that the generator may be 2 ms late.
INSTANTIATE_TEST_SUITE_P(
    every_rule, OneFault,
    ::testing::Values(
        Fault{"fewer_connections", "connections", Validity::suspect, "9 of 10 connections", [](Samples&) {},
              [](Samples& s) { s.connections.established = 9; }, LoadModel::closed},
        Fault{"late_begins", "generator_lag", Validity::suspect,
              "2.10 ms late by the load generator (limit 2.00 ms)",
              [](Samples& s) { s.conduct.start_delay_p99 = 1900us; },
              [](Samples& s) { s.conduct.start_delay_p99 = 2100us; }},
        Fault{"mostly_its_own", "generator_lag", Validity::invalid, "more than 11.0 ms late", [](Samples&) {},
              [](Samples& s) {
                  s.conduct.start_delay_p50 = 11ms;
                  s.conduct.start_delay_p99 = 12ms;
              }},
        Fault{"waits_for_a_cpu", "generator_run_delay", Validity::suspect, "2.10 ms per request",
              [](Samples& s) { s.run_delays[1] = 4900ms; }, [](Samples& s) { s.run_delays[1] = 5250ms; }},
        Fault{"bottleneck", "generator_cpu", Validity::suspect, "91 % of the window (limit 90 %)",
              [](Samples& s) { s.conduct.thread_cpu[0] = 8900ms; },
              [](Samples& s) { s.conduct.thread_cpu[0] = 9100ms; }},
        Fault{"stopped", "generator_stopped", Validity::invalid,
              "stood still for 400 ms, 4 % of the window (limit 1 %), at most 350 ms",
              [](Samples& s) { s.conduct.thread_stopped[1] = 100ms; },
              [](Samples& s) {
                  s.conduct.thread_stopped[1] = 400ms;
                  s.conduct.longest_stop = 350ms;
              }},
        Fault{"throttled", "generator_throttled", Validity::suspect, "1.1 % of the window",
              [](Samples& s) { s.generator.throttled = 100ms; },
              [](Samples& s) { s.generator.throttled = 110ms; }},
        Fault{"steal", "steal", Validity::suspect, "3 % of the CPU time",
              [](Samples& s) { s.conduct.steal_share = 0.01; },
              [](Samples& s) { s.conduct.steal_share = 0.03; }},
        Fault{"rate_missed", "offered_rate", Validity::suspect, "484/s of 500/s were sent",
              [](Samples& s) { s.conduct.never_begun = 40; },
              [](Samples& s) { s.conduct.never_begun = 160; }},
        Fault{"connection_bound", "connection_bound", Validity::suspect,
              "1.2 % of the requests waited in the load generator, because all of its 10 connections",
              [](Samples& s) { s.conduct.held_back = 50; }, [](Samples& s) { s.conduct.held_back = 60; }},
        Fault{"saturated", "saturation", Validity::suspect,
              "of 500/s offered in the second half of the window 400/s were served",
              [](Samples& s) { s.conduct.halves[1].answered = 2442; },  // 2 % and what is in flight
              [](Samples& s) { s.conduct.halves = {{2500, 2000, 12s}, {2500, 2000, 88s}}; }},
        Fault{"saturated_and_given_up", "saturation", Validity::suspect, "400/s were served",
              [](Samples& s) { s.censored = 100; },
              [](Samples& s) {
                  s.censored = 500;
                  s.conduct.halves[1].answered = 2000;
              }},
        Fault{"littles_law", "littles_law", Validity::suspect, "disagree by 10 %",
              [](Samples& s) { s.in_flight_mean = 9.6; }, [](Samples& s) { s.in_flight_mean = 9; }}),
    [](const auto& fault) { return std::string(fault.param.name); });

TEST(self_check, does_not_call_a_slow_target_saturated) {
    Samples samples = sound();  // two seconds per request: a second's worth is in flight at the edges
    samples.conduct.halves = {{2500, 1500, 5000s}, {2500, 1500, 5000s}};
    EXPECT_THAT(reason_codes(judged(samples).findings), ::testing::Not(Contains("saturation")));
}

// Users who starve took longer than any request that was counted; requests that outlast the window say
// nothing of that kind.
TEST(self_check, calls_latencies_lower_bounds_only_where_users_starve) {
    Samples samples = sound();
    samples.in_flight_mean = 20;
    const auto starving = judged(samples).findings;
    EXPECT_EQ(reason_codes(starving), std::vector<std::string>{"littles_law"});
    EXPECT_TRUE(has_effect(starving, model::Effect::bounds, model::Aspect::latency));
    samples.in_flight_mean = 5;
    const auto outlasting = judged(samples).findings;
    EXPECT_EQ(reason_codes(outlasting), std::vector<std::string>{"littles_law"});
    EXPECT_FALSE(has_effect(outlasting, model::Effect::bounds, model::Aspect::latency));
}

TEST(self_check, takes_a_short_standstill_for_a_doubt_only) {
    Samples samples = sound();
    samples.window = 2s;
    samples.requests.started = samples.requests.succeeded = 1000;
    samples.response_time_sum = 20s;
    samples.conduct.thread_cpu = {};
    samples.conduct.thread_stopped = {30ms};
    const model::Judgement judgement = judged(samples);
    EXPECT_EQ(judgement.validity, Validity::suspect);
    EXPECT_THAT(reason_codes(judgement.findings), Contains("generator_stopped"));
}

TEST(self_check, names_the_rules_that_had_no_data) {
    Samples samples = sound();
    samples.run_delays.clear();
    samples.generator.throttled.reset();
    samples.conduct = {};
    samples.response_time_sum = 0ns;
    EXPECT_THAT(reason_codes(judged(samples).not_evaluated),
                ::testing::UnorderedElementsAre("generator_lag", "generator_run_delay", "generator_cpu",
                                                "generator_stopped", "generator_throttled", "steal",
                                                "saturation", "littles_law"));
}

}  // namespace
}  // namespace joust::rules
