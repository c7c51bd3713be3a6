#include "terminal/live_line.hpp"

#include <gtest/gtest.h>

#include "support/synthetic_trials.hpp"

namespace joust::terminal {
namespace {

using namespace std::chrono_literals;

LiveView view() {
    LiveView view;
    view.trial = {.index = 8, .block = 1, .level = 200, .position = 0, .entrant = "django"};
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
    EXPECT_EQ(live_line(view(), 200),
              "███████░░░░░░░░░ 9/18  django, 200 users, block 2  measuring 3/5 s  goodput 143/s  p99 812 ms "
              " 1 error  "
              "1 min 50 s left");
}

TEST(LiveLine, KeepsRateTailErrorsAndTimeLeftInANarrowTerminal) {
    EXPECT_EQ(live_line(view(), 106),
              "9/18  django, 200 users, block 2  measuring 3/5 s  goodput 143/s  p99 812 ms  1 error  1 min "
              "50 s left");
    EXPECT_EQ(
        live_line(view(), 95),
        "9/18  django, 200 users  measuring 3/5 s  goodput 143/s  p99 812 ms  1 error  1 min 50 s left");
    LiveView longest = view();
    longest.trial.entrant = "fastapi-gunicorn";
    longest.trial.level = 1000;
    EXPECT_EQ(live_line(longest, 92),
              "9/18  fastapi-gunicorn, 1000 users  goodput 143/s  p99 812 ms  1 error  1 min 50 s left");
    EXPECT_EQ(live_line(view(), 62), "9/18  goodput 143/s  p99 812 ms  1 error  1 min 50 s left");
    EXPECT_EQ(live_line(view(), 44), "9/18  goodput 143/s  p99 812 ms  1 error");
}

TEST(SoFar, SaysTheMeanGoodputOfEachLevelAndNoVerdict) {
    EXPECT_EQ(so_far_line({{"fastapi", 50, 300},
                           {"fastapi", 4, 200},
                           {"django", 4, 400},
                           {"fastapi", 4, 300},
                           {"django", 150, 150, model::Lens::equal_rate}},
                          model::LoadModel::closed, 61s),
              "goodput after 1 min 1 s, which decides nothing yet: 4 users: django 400/s, fastapi 250/s; "
              "50 users: fastapi 300/s");
}

TEST(SoFar, HasNoFigureOfInvalidTrials) {
    constexpr auto k_capacity = model::Lens::capacity;
    EXPECT_EQ(so_far_line({{"fastapi", 4, 200},
                           {"django", 4, 900, k_capacity, false},
                           {"fastapi", 50, 300},
                           {"fastapi", 50, 900, k_capacity, false}},
                          model::LoadModel::closed, 60s),
              "goodput after 1 min, which decides nothing yet: 4 users: django invalid, fastapi 200/s; "
              "50 users: fastapi 300/s");
}

TEST(LiveLine, SaysHowLongAWindowIsAsItWasSet) {
    LiveView half = view();
    half.reading.in_phase = 1s;
    half.reading.phase_length = 1500ms;
    EXPECT_NE(live_line(half, 200).find("measuring 1/1.5 s"), std::string::npos);
}

// Two entrants at two levels, in 4 to 6 blocks, and four blocks at an equal rate.
TEST(TrialsInAll, AreKnownWhenTheLevelsAreDone) {
    model::Benchmark benchmark = testing::benchmark_of({"fastapi", "django"}, {4, 50}, 4);
    benchmark.experiment.blocks_max = 6;
    model::PlannedTrial trial{.index = 15, .block = 3, .level = 50, .position = 1};
    EXPECT_EQ(trials_in_all(benchmark, trial, 32), 32) << "more blocks may follow";
    trial = {.index = 16, .level = 100, .lens = model::Lens::equal_rate};
    EXPECT_EQ(trials_in_all(benchmark, trial, 32), 24);
    trial = {.index = 23, .block = 3, .level = 100, .position = 1, .lens = model::Lens::equal_rate};
    EXPECT_EQ(trials_in_all(benchmark, trial, 24), 24);
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

model::TrialResult finished() {
    model::TrialResult result;
    result.plan = view().trial;
    result.samples.window = 5s;
    result.samples.completed_in_window = 700;
    result.samples.requests = {.started = 704, .succeeded = 697, .failed = 7};
    result.samples.response_time.record(250'000'000, 697);
    return result;
}

using Lines = std::vector<std::string>;

TEST(FinishedLine, HasGoodputTailAndErrors) {
    EXPECT_EQ(finished_lines(finished(), 18, {}),
              Lines{"9/18 django, 200 users, block 2: goodput 140.0/s, p99 250 ms, 1.0 % errors"});
}

TEST(FinishedLine, SaysWhyATrialIsSuspectOrInvalid) {
    model::TrialResult result = finished();
    model::Judgement judgement{
        model::Validity::suspect,
        {{.rule = model::Rule::no_steady_state, .facts = {}}, {.rule = model::Rule::steal, .facts = {}}},
        {}};
    EXPECT_EQ(
        finished_lines(result, 18, judgement),
        Lines{
            "9/18 django, 200 users, block 2: goodput 140.0/s, p99 250 ms, 1.0 % errors, suspect: no steady "
            "state, steal"});
    result.incidents.push_back({model::IncidentKind::out_of_memory, "the kernel killed django"});
    judgement = {model::Validity::invalid, {{.rule = model::Rule::out_of_memory, .facts = {}}}, {}};
    const Lines expected{
        "9/18 django, 200 users, block 2: goodput 140.0/s, p99 250 ms, 1.0 % errors, invalid: out of memory",
        "    the kernel killed django"};
    EXPECT_EQ(finished_lines(result, 18, judgement), expected)
        << "each is a line of the terminal, where a line's end within a text is shown as \\x0A";
}

TEST(FinishedLine, MarksATailThatIsOnlyALowerBound) {
    model::TrialResult result = finished();
    result.samples.in_flight_mean = 200;
    const model::Judgement starved{
        model::Validity::suspect, {{model::Rule::littles_law, model::Grade::grave, {}, {}}}, {}};
    EXPECT_NE(finished_lines(result, 18, starved).front().find("p99 ≥ 250 ms"), std::string::npos);
    EXPECT_NE(finished_lines(result, 18, {}).front().find("p99 250 ms"), std::string::npos);
}

TEST(FinishedMark, FollowsTheJudgementRatherThanALimitOfItsOwn) {
    EXPECT_EQ(finished_mark(model::Validity::valid), "✓");
    EXPECT_EQ(finished_mark(model::Validity::suspect), "?");
    EXPECT_EQ(finished_mark(model::Validity::invalid), "✗");
}

}  // namespace
}  // namespace joust::terminal
