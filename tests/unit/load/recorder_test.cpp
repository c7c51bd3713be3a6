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

}  // namespace
}  // namespace joust::load
