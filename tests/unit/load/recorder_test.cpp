#include "load/recorder.hpp"

#include <gtest/gtest.h>

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
    return recorder.finish(now(), {}).samples.generator.cpu.total();
}

// A thread that gets its CPU late first looks when the window has begun; what it waited is the window's.
TEST(Recorder, CountsUsageFromBeforeAWindowThatItSeesLate) {
    EXPECT_GE(cpu_in_window(false), 20ms);
}

TEST(Recorder, DoesNotCountUsageFromBeforeAWindowThatItSawCome) {
    EXPECT_LT(cpu_in_window(true), 20ms);
}

}  // namespace
}  // namespace joust::load
