#include "load/recorder.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <variant>

#include "rules/generator_rules.hpp"

namespace joust::load {
namespace {

using namespace std::chrono_literals;

void use_cpu(Nanoseconds time) {
    const auto used = [] { return thread_usage_now().cpu.total(); };
    for (const Nanoseconds from = used(); used() - from < time;) {
    }
}

/// CPU time of a window, for which a recorder was made 20 ms of CPU time before it looked at it first.
Nanoseconds cpu_in_window(bool looked_before) {
    LiveCounters live;
    Recorder recorder(live, {"only"}, "id");
    const TimePoint start = now();
    if (looked_before) recorder.pass_edges(start);  // no window yet
    use_cpu(20ms);
    if (looked_before) recorder.pass_edges(now());
    recorder.set_window(looked_before ? now() : start, TimePoint::max());
    recorder.pass_edges(now());
    return recorder.finish(now(), {}).threads.at(0).used->cpu.total();
}

// A thread that gets its CPU late first looks when the window has begun; what it waited is the window's.
TEST(Recorder, CountsUsageFromBeforeAWindowThatItSeesLate) {
    EXPECT_GE(cpu_in_window(false), 20ms);
}

TEST(Recorder, DoesNotCountUsageFromBeforeAWindowThatItSawCome) {
    EXPECT_LT(cpu_in_window(true), 20ms);
}

/// A window of one request, in which the scheduler's account is read from the given file.
model::Samples recorded_with(const Path& schedstat) {
    LiveCounters live;
    Recorder recorder(live, {"only"}, "id", 0, schedstat);
    const TimePoint start = now();
    recorder.set_window(start, start + 1ms);
    recorder.begun(start);
    recorder.ended({.due = start, .sent_at = start, .end = start + 1us});
    return samples_of(recorder.finish(start + 2ms, {})).value();
}

/// Whether the rule on waiting for a CPU had what it needs.
bool is_run_delay_judged(const model::Samples& samples) {
    const rules::GeneratorCase load{.samples = samples, .generator = samples.generator};
    const auto about_run_delay = [&](rules::GeneratorRule rule) {
        const rules::Outcome outcome = rule(load);
        const auto* const none = std::get_if<model::NotEvaluated>(&outcome);
        return none != nullptr && none->rule == model::Rule::generator_run_delay;
    };
    return std::none_of(rules::generator_rules().begin(), rules::generator_rules().end(), about_run_delay);
}

TEST(Recorder, DoesNotTakeARunDelayThatCannotBeReadForNone) {
    for (const char* const unreadable : {"/proc/self/nothing", "/proc/self"}) {  // absent, a directory
        const model::Samples samples = recorded_with(unreadable);
        EXPECT_TRUE(samples.run_delays.empty());
        EXPECT_FALSE(samples.generator.run_delay.has_value());
        EXPECT_FALSE(is_run_delay_judged(samples));
    }
}

TEST(Recorder, ReadsARunDelay) {
    const model::Samples samples = recorded_with(SchedulerFile::k_of_this_thread);
    EXPECT_EQ(samples.run_delays.size(), 1U);
    EXPECT_TRUE(samples.generator.run_delay.has_value());
    EXPECT_TRUE(is_run_delay_judged(samples));
}

/// A window of one request, sent at its start, that was answered (or given up) as told.
model::Samples recorded(Ending ending) {
    LiveCounters live;
    Recorder recorder(live, {"only"}, "id");
    const TimePoint start = now();
    recorder.set_window(start, start + 1s);
    recorder.begun(start);
    ending.due = ending.sent_at = start;
    ending.end = start + ending.end.time_since_epoch();
    if (ending.first_byte != TimePoint::max())
        ending.first_byte = start + ending.first_byte.time_since_epoch();
    recorder.ended(ending);
    return samples_of(recorder.finish(start + 2s, {})).value();
}

TEST(Recorder, TimesTheFirstByteBesideTheLast) {
    const model::Samples samples = recorded({.first_byte = TimePoint(64us), .end = TimePoint(256us)});
    EXPECT_EQ(samples.time_to_first_byte.max(), 64'000);
    EXPECT_EQ(samples.service_time.max(), 256'000);
    EXPECT_EQ(samples.delayed_bodies, 0U);
}

TEST(Recorder, TakesTheAgeOfARequestForTheTimeToAByteThatNeverCame) {
    const model::Samples samples = recorded({.how = Ending::How::timed_out, .end = TimePoint(256us)});
    EXPECT_EQ(samples.time_to_first_byte.max(), 256'000);
}

TEST(Recorder, CountsABodyThatWaitedAsLongAsADelayedAcknowledgement) {
    const auto counted = [](Nanoseconds rest, Ending::How how) {
        return recorded({.how = how, .first_byte = TimePoint(1ms), .end = TimePoint(1ms + rest)})
            .delayed_bodies;
    };
    EXPECT_EQ(counted(40ms, Ending::How::succeeded), 1U);
    EXPECT_EQ(counted(34ms, Ending::How::succeeded), 0U);
    EXPECT_EQ(counted(60ms, Ending::How::succeeded), 0U) << "that took longer than any such delay";
    EXPECT_EQ(counted(40ms, Ending::How::failed), 0U);
}

}  // namespace
}  // namespace joust::load
