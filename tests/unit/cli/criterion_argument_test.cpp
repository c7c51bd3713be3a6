#include "cli/criterion_argument.hpp"

#include <gtest/gtest.h>

#include "analysis/criterion.hpp"
#include "report/words/criterion.hpp"

namespace joust::cli {
namespace {

using namespace std::chrono_literals;

bool missed(const model::Criterion& criterion, const model::Samples& samples, Nanoseconds timeout) {
    return analysis::missed(criterion, analysis::found(criterion, samples, timeout));
}

std::string found_text(const model::Criterion& criterion, const model::Samples& samples,
                       Nanoseconds timeout) {
    return report::words::found_text(criterion, analysis::found(criterion, samples, timeout));
}

model::Samples samples() {
    model::Samples samples;
    samples.window = 10s;
    samples.completed_in_window = 5000;
    samples.requests = {.started = 5050, .succeeded = 5000, .failed = 50};
    for (int i = 1; i <= 100; ++i)
        samples.response_time.record(i * 1'000'000);
    return samples;
}

TEST(Criterion, ComparesWhatItNames) {
    const struct {
        const char* text;
        bool missed;
    } rows[] = {
        {"p99>200ms", false},  {"p99>98ms", true},      {"p50>49ms", true},       {"p50 > 51ms", false},
        {"mean>40ms", true},   {"max>1s", false},       {"max>99ms", true},       {"errors>1%", false},
        {"errors>0.9%", true}, {"goodput<1000", true},  {"goodput<500", false},   {"rps<501", true},
        {"p99.99>99ms", true}, {"p99.99>101ms", false}, {"error_rate>1%", false}, {"p99 > 98 ms", true},
        {"max>=100ms", true},  {"max>100ms", false},    {"rps<=500", true},       {"rps<500", false},
        {"errors>=1%", false}, {"errors>0", true},      {"errors > 2 %", false},
    };
    for (const auto& row : rows) {
        const auto criterion = parse_criterion("--fail-if", row.text);
        ASSERT_TRUE(criterion) << row.text;
        EXPECT_EQ(missed(*criterion, samples(), 30s), row.missed) << row.text;
    }
}

TEST(Criterion, SaysWhatTheResultIs) {
    EXPECT_EQ(found_text(*parse_criterion("--fail-if", "rps<1"), samples(), 30s), "500/s");
    EXPECT_EQ(found_text(*parse_criterion("--fail-if", "errors>1%"), samples(), 30s), "1 %");
    EXPECT_EQ(found_text(*parse_criterion("--fail-if", "max>1s"), samples(), 30s), "100 ms");
    EXPECT_EQ(found_text(*parse_criterion("--fail-if", "p50>1s"), model::Samples{}, 30s),
              "not known: nothing was answered");
}

TEST(Criterion, WithoutAnyAnswerEveryTimeIsTooLong) {
    EXPECT_TRUE(missed(*parse_criterion("--fail-if", "p99>1h"), model::Samples{}, 30s));
}

// 10 of 100 timed out after 1 s.
model::Samples with_timeouts() {
    model::Samples samples;
    samples.window = 10s;
    samples.requests = {.started = 100, .succeeded = 90, .timed_out = 10};
    samples.response_time.record(Nanoseconds(10ms).count(), 90);
    samples.response_time.record(Nanoseconds(1s).count(), 10);
    samples.censored = 10;
    return samples;
}

TEST(Criterion, ATimeThatIsOnlyALowerBoundCannotBeKnownToBeShortEnough) {
    const struct {
        const char* text;
        bool missed;
    } rows[] = {
        {"p90>20ms", false}, {"p90>9ms", true}, {"p99>2s", true},      {"p99>200ms", true},
        {"max>1h", true},    {"mean>1h", true}, {"p99<2s", true},      {"p99<900ms", false},
        {"p90<11ms", true},  {"rps<1", true},   {"errors>10%", false},
    };
    for (const auto& row : rows)
        EXPECT_EQ(missed(*parse_criterion("--fail-if", row.text), with_timeouts(), 1s), row.missed)
            << row.text;
    EXPECT_EQ(found_text(*parse_criterion("--fail-if", "p99>2s"), with_timeouts(), 1s),
              "not known, but at least 1.00 s: requests never ended");
    EXPECT_EQ(found_text(*parse_criterion("--fail-if", "p50>2s"), with_timeouts(), 1s), "10.0 ms");
}

TEST(Criterion, WhatIsNotUnderstoodGetsAnExample) {
    for (const char* text : {"p99", "p99>", "p101>1s", "p99>200", "errors>1", "goodput<fast", "errors>5",
                             "rps<5%", "p99>=", "p99=>1s", "latency>1s", ">1s"}) {
        const auto criterion = parse_criterion("--fail-if", text);
        ASSERT_FALSE(criterion) << text;
        EXPECT_EQ(criterion.error().kind, ErrorKind::bad_input);
        EXPECT_NE(criterion.error().message.find("'p99>200ms'"), std::string::npos);
        EXPECT_EQ(criterion.error().message.find("--fail-if"), 0U);
    }
}

}  // namespace
}  // namespace joust::cli
