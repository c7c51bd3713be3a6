#include "cli/load_watch.hpp"

#include <gtest/gtest.h>

namespace joust::cli {
namespace {

using namespace std::chrono_literals;

/// What a watch for `criterion` says of a second.
std::string stopped_by(const char* criterion, const model::Samples& second) {
    LoadWatch watch({parse_criterion("--stop-if", criterion).value()});
    watch.judge(second, 1s, "then");
    return watch.stopped();
}

TEST(LoadWatch, TakesSilenceForARateOfZeroButJudgesNoTimesAndErrorsOfIt) {
    model::Samples silence;
    silence.window = 1s;
    EXPECT_EQ(stopped_by("rps<50", silence), "--stop-if rps<50, then");
    EXPECT_EQ(stopped_by("rps<=0", silence), "--stop-if rps<=0, then");
    for (const char* criterion : {"rps>50", "p99>1ms", "p99<1ms", "max>1ms", "errors>0", "errors<1%"})
        EXPECT_EQ(stopped_by(criterion, silence), "") << criterion;
}

TEST(LoadWatch, SaysOnlyWhatEndedTheLoadFirst) {
    model::Samples silence;
    silence.window = 1s;
    LoadWatch watch({parse_criterion("--stop-if", "rps<50").value()});
    watch.judge(silence, 1s, "after 3 s");
    watch.judge(silence, 1s, "after 4 s");
    EXPECT_EQ(watch.stopped(), "--stop-if rps<50, after 3 s");
}

}  // namespace
}  // namespace joust::cli
