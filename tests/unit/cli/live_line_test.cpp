#include "cli/live_line.hpp"

#include <gtest/gtest.h>

namespace joust::cli {
namespace {

using namespace std::chrono_literals;

LiveView view() {
    LiveView view;
    view.trial = {.index = 8, .block = 1, .level = 200, .position = 0, .contender = "django"};
    view.trials = 18;
    view.reading = {.phase = experiment::Phase::measuring,
                    .in_phase = 3s,
                    .phase_length = 5s,
                    .goodput_rps = 143.4,
                    .response_time_p99 = 812ms,
                    .errors = 1};
    view.time_left = 110s;
    return view;
}

TEST(LiveLine, SaysWhatRunsHowFastAndHowLongStill) {
    EXPECT_EQ(
        live_line(view(), 200),
        "███████░░░░░░░░░ 9/18  django, 200 users, block 2  measuring 3/5 s  143 req/s  p99 812 ms  1 error  "
        "1 min 50 s left");
}

TEST(LiveLine, KeepsRateTailErrorsAndTimeLeftInANarrowTerminal) {
    EXPECT_EQ(
        live_line(view(), 100),
        "9/18  django, 200 users, block 2  measuring 3/5 s  143 req/s  p99 812 ms  1 error  1 min 50 s left");
    EXPECT_EQ(live_line(view(), 84),
              "9/18  django, 200  measuring 3/5 s  143 req/s  p99 812 ms  1 error  1 min 50 s left");
    LiveView longest = view();
    longest.trial.contender = "fastapi-gunicorn";
    longest.trial.level = 1000;
    EXPECT_EQ(live_line(longest, 80),
              "9/18  fastapi-gunicorn, 1000  143 req/s  p99 812 ms  1 error  1 min 50 s left");
    EXPECT_EQ(live_line(view(), 60), "9/18  143 req/s  p99 812 ms  1 error  1 min 50 s left");
    EXPECT_EQ(live_line(view(), 40), "9/18  143 req/s  p99 812 ms  1 error");
}

TEST(TimeLeft, IsWhatTheTrialsDoneTookOnAverage) {
    EXPECT_EQ(time_left({.trials = 18, .planned = 10s}), 180s);
    EXPECT_EQ(time_left({.trials = 18, .running = 4s, .planned = 10s}), 176s);
    EXPECT_EQ(time_left({.trials = 18, .running = 14s, .planned = 10s}), 170s)
        << "17 more, whatever this one takes";
    EXPECT_EQ(time_left({.trials = 18, .done = 1, .took = 12s, .planned = 10s}), 204s);
    EXPECT_EQ(time_left({.trials = 18, .done = 17, .took = 204s, .planned = 10s}), 12s)
        << "the last one counts, too";
    EXPECT_EQ(time_left({.trials = 18, .done = 17, .took = 204s, .running = 20s, .planned = 10s}), 0s);
}

TEST(LiveLine, ShortTimesKeepADecimal) {
    LiveView quick = view();
    quick.reading.response_time_p99 = 4300us;
    EXPECT_NE(live_line(quick, 200).find("p99 4.3 ms"), std::string::npos);
}

TEST(FinishedLine, HasGoodputTailAndErrors) {
    model::TrialResult result;
    result.plan = view().trial;
    result.warmup.steady = true;
    result.samples.window = 5s;
    result.samples.completed_in_window = 700;
    result.samples.requests = {.started = 704, .succeeded = 697, .failed = 7};
    result.samples.response_time.record(250'000'000);
    EXPECT_EQ(finished_line(result, 18),
              "9/18 django, 200 users, block 2: 140.0 req/s, p99 250 ms, 1.0 % errors");
    result.warmup.steady = false;
    result.incidents.push_back({model::IncidentKind::service_died, "django exited with code 3"});
    EXPECT_EQ(finished_line(result, 18),
              "9/18 django, 200 users, block 2: 140.0 req/s, p99 250 ms, 1.0 % errors, no steady state\n"
              "    django exited with code 3");
}

}  // namespace
}  // namespace joust::cli
