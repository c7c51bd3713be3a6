#include <gmock/gmock.h>

#include "base/text_width.hpp"

#include "base/text.hpp"
#include "report/load/lines.hpp"
#include "report/load/report.hpp"
#include "report/table.hpp"

namespace joust::report {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;

// 90 answered in 10 ms, 10 timed out after 1 s.
model::LoadRun run_with_timeouts() {
    model::LoadRun run{.url = "http://h/", .connections = 1, .timeout = 1s};
    model::Samples& samples = run.samples;
    samples.window = 1500ms;
    samples.completed_in_window = 90;
    samples.requests = {.started = 100, .succeeded = 90, .timed_out = 10};
    samples.errors[model::RequestErrorKind::timeout] = 10;
    samples.response_time.record(Nanoseconds(10ms).count(), 90);
    samples.response_time.record(Nanoseconds(1s).count(), 10);
    samples.censored = 10;
    samples.bytes_received = 1536;
    samples.backend = "epoll";
    return run;
}

TEST(LoadText, MarksTimesThatAreOnlyLowerBounds) {
    const std::string text = load_text(run_with_timeouts());
    EXPECT_THAT(text, HasSubstr("≥ 109 ms  10.0 ms  10.0 ms  10.0 ms  ≥ 1.00 s  ≥ 1.00 s  ≥ 1.00 s"));
    EXPECT_THAT(text, HasSubstr("10 requests never ended"));
    model::LoadRun clean = run_with_timeouts();
    clean.samples.censored = 0;
    EXPECT_THAT(load_text(clean), Not(HasSubstr("≥")));
}

TEST(LoadText, CountsTheAnswersByStatus) {
    model::LoadRun run = run_with_timeouts();
    EXPECT_THAT(load_text(run), Not(HasSubstr("statuses")));
    run.samples.statuses = {{302, 10}, {200, 1990}};
    run.warnings = {{.rule = model::Rule::redirects, .facts = model::Redirects{0.98, {{302, 98}}}}};
    EXPECT_THAT(load_text(run), HasSubstr("statuses       200 × 1990 · 302 × 10\n"
                                          "warning        98 % of the answers are redirects"));
    const std::string both = load_text(model::LoadComparison{.runs = {run, run}});
    EXPECT_THAT(both, HasSubstr("statuses A     200 × 1990 · 302 × 10\nstatuses B     200 × 1990"));
    EXPECT_THAT(both, HasSubstr("warning B      98 % of the answers"));
}

TEST(LoadText, HasTheUnitThatFits) {
    const std::string text = load_text(run_with_timeouts());
    EXPECT_THAT(text, HasSubstr("http://h/ · 1 connection · 1.5 s\n"));
    EXPECT_THAT(text, HasSubstr("1.50 KiB received"));
}

TEST(LoadText, NamesTheRulesThatCouldNotBeEvaluated) {
    model::LoadRun run = run_with_timeouts();
    run.self_check.findings = {{.rule = model::Rule::connections, .facts = model::MissingConnections{9, 10}}};
    run.self_check.not_evaluated = {{model::Rule::steal, {}}, {model::Rule::saturation, {}}};
    const char* expected =
        "               9 of 10 connections were established\n"
        "               steal not evaluated: CPU time taken by other guests of the\n"
        "               hypervisor was not recorded\n"
        "               saturation not evaluated: too few requests were due, or the load\n"
        "               was cut short\n";
    EXPECT_THAT(load_text(run), HasSubstr(expected));
    EXPECT_THAT(load_text(model::LoadComparison{.runs = {run, run}}), HasSubstr(expected));
}

TEST(LoadText, IsAtMost80ColumnsWideWhateverTheReasons) {
    model::LoadRun run = run_with_timeouts();
    run.self_check.findings = {
        {.rule = model::Rule::clock_jumped,
         .facts = model::IncidentText{std::string(60, 'x') + " " + std::string(60, 'y') + " and so on"}}};
    run.samples.kernel_time_stamps = true;
    run.max_connections = 10'000;
    const std::string text = load_text(run);
    for (const std::string_view line : split(text, '\n'))
        EXPECT_LE(display_width(line), 80U) << line;
}

TEST(Labelled, FoldsAtBlanksButNotBeforeAPercentSign) {
    EXPECT_EQ(labelled("label", "text"), "label          text\n");
    const std::string long_word(60, 'x');
    EXPECT_EQ(labelled("", long_word + " 12 %, ok"),
              std::string(15, ' ') + long_word + "\n" + std::string(15, ' ') + "12 %, ok\n");
}

TEST(LoadText, MakesWhatTheServerSentHarmless) {
    model::LoadRun run = run_with_timeouts();
    run.samples.errors[model::RequestErrorKind::status_5xx] = 1;
    run.samples.examples = {
        {model::RequestErrorKind::status_5xx, 500, "\x1b]0;owned\x07 \xff\nsecond line", 0ns}};
    EXPECT_THAT(load_text(run), HasSubstr("status_5xx: status 500, \\x1B]0;owned\\x07 \\xFF\n"));
    EXPECT_NO_THROW(load_json(run));
}

TEST(LoadJson, TellsARunDelayThatWasNotReadFromNone) {
    model::LoadRun run = run_with_timeouts();
    run.samples.run_delays = {0ns, 0ns};
    EXPECT_THAT(load_json(run), HasSubstr("\"run_delay_s\": 0.0"));
    run.samples.run_delays.clear();
    EXPECT_THAT(load_json(run), HasSubstr("\"run_delay_s\": null"));
}

TEST(LoadText, SaysAWrongStatusOnce) {
    model::LoadRun run = run_with_timeouts();
    run.samples.errors[model::RequestErrorKind::body] = 1;
    run.samples.examples = {{model::RequestErrorKind::body, 302, "status 302 instead of 200", 0ns}};
    EXPECT_THAT(load_text(run), HasSubstr("               body: status 302 instead of 200\n"));
}

TEST(LoadText, OfSeveralTargetsNamesWhoServedNothingAndTheirErrors) {
    model::LoadRun dead = run_with_timeouts();
    dead.samples.completed_in_window = 0;
    dead.samples.examples = {{model::RequestErrorKind::timeout, 0, "no byte of an answer came", 0ns}};
    model::LoadComparison comparison{.runs = {run_with_timeouts(), dead}, .rounds = 2};
    comparison.slices = {{0, 0, {}, run_with_timeouts().samples}, {0, 1, {}, dead.samples}};
    comparison.ratios = {{model::Quantity::goodput, 1, 2, 1, {}, {}},
                         {model::Quantity::response_time_p99, 1, 2, 1, {}, {}}};
    const std::string text = load_text(comparison);
    EXPECT_THAT(text, HasSubstr("B served nothing in 1 of 2 rounds"));
    EXPECT_THAT(text, HasSubstr("errors B       10 % of the requests: 10 timeout\n"
                                "               timeout: no byte of an answer came\n"));
    comparison.slices.pop_back();
    EXPECT_THAT(load_text(comparison), HasSubstr("known in 1 of 2 rounds only"));
}

}  // namespace
}  // namespace joust::report
