#include "load/laps.hpp"

#include <gtest/gtest.h>

namespace joust::load {
namespace {

using namespace std::chrono_literals;

model::Samples lap() {
    model::Samples samples{.window = 1s, .run_delays = {1ms, 2ms}};
    samples.conduct.thread_cpu = {10ms, 20ms};
    samples.conduct.thread_stopped = {0ms, 30ms};
    samples.conduct.steal_share = 0.1;
    samples.generator.run_delay = 3ms;
    return samples;
}

TEST(Laps, AddUpByThread) {
    const model::Samples whole = joined({lap(), lap()});
    EXPECT_EQ(whole.window, 2s);
    EXPECT_EQ(whole.run_delays, (std::vector<Nanoseconds>{2ms, 4ms}));
    EXPECT_EQ(whole.conduct.thread_cpu, (std::vector<Nanoseconds>{20ms, 40ms}));
    EXPECT_EQ(whole.generator.run_delay, 6ms);
    EXPECT_DOUBLE_EQ(whole.conduct.steal_share.value(), 0.1);
}

TEST(Laps, HaveTheirSilencesOneAfterTheOther) {
    model::Samples quiet = lap();
    quiet.silences = {{{300ms, 200ms}}};
    model::Samples busy = lap();
    busy.silences.emplace();
    const model::Samples whole = joined({quiet, busy, quiet});
    EXPECT_EQ(*whole.silences, (std::vector<model::Silence>{{300ms, 200ms}, {2300ms, 200ms}}));
    busy.silences.reset();
    EXPECT_EQ(joined({quiet, busy, quiet}).silences, std::nullopt) << "of one lap they are not known";
}

TEST(Laps, DoNotKnowOfAllWhatOneOfThemDoesNotKnow) {
    model::Samples blind = lap();
    blind.run_delays.clear();
    blind.generator.run_delay.reset();
    blind.conduct.thread_cpu.clear();
    blind.conduct.thread_stopped.clear();
    blind.conduct.steal_share.reset();
    for (const bool first : {false, true}) {
        const model::Samples whole = first ? joined({blind, lap()}) : joined({lap(), blind});
        EXPECT_TRUE(whole.run_delays.empty());
        EXPECT_EQ(whole.generator.run_delay, std::nullopt);
        EXPECT_TRUE(whole.conduct.thread_cpu.empty());
        EXPECT_TRUE(whole.conduct.thread_stopped.empty());
        EXPECT_EQ(whole.conduct.steal_share, std::nullopt);
    }
}

}  // namespace
}  // namespace joust::load
