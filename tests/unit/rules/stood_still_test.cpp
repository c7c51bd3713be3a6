#include "rules/stood_still.hpp"

#include <gmock/gmock.h>

#include "report/words/rules.hpp"
#include "rules/judge.hpp"
#include "support/synthetic_trials.hpp"

namespace joust::rules {
namespace {

using namespace std::chrono_literals;

/// 200 operations per second over 5 s.
model::TrialResult trial(std::vector<model::Silence> silences) {
    const model::Benchmark benchmark = testing::benchmark_of({"beast"}, {8}, 1);
    model::TrialResult made = testing::synthetic_trials(benchmark, [](const model::PlannedTrial&) {
                                  return testing::TrialShape{.goodput_rps = 200};
                              }).front();
    made.samples.silences = std::move(silences);
    return made;
}

std::string said(const model::TrialResult& of) {
    const Outcome outcome = stood_still(of);
    const auto* finding = std::get_if<model::Finding>(&outcome);
    return finding == nullptr ? "" : report::words::sentence(*finding);
}

TEST(StoodStill, IsSaidOfStretchesWithoutAnAnswer) {
    EXPECT_EQ(said(trial({})), "");
    EXPECT_EQ(said(trial({{1s, 305ms}})),
              "stood still once for 305 ms: requests were under way, and no answer came to any user; means "
              "hardly show it, the highest percentiles do");
    EXPECT_EQ(said(trial({{1s, 305ms}, {3s, 310ms}})),
              "stood still 2 times for up to 310 ms (615 ms in all): requests were under way, and no answer "
              "came to any user; means hardly show it, the highest percentiles do");
}

TEST(StoodStill, TakesNothingAway) {
    const model::TrialResult stalls = trial({{1s, 305ms}});
    const model::Judgement judgement = judge(stalls, testing::benchmark_of({"beast"}, {8}, 1).experiment);
    EXPECT_TRUE(judgement.has(model::Rule::stood_still));
    EXPECT_EQ(judgement.validity, model::Validity::valid);
}

TEST(StoodStill, IsHeldAgainstThePace) {
    model::TrialResult slow = trial({{1s, 305ms}});
    slow.samples.completed_in_window = 300;  // one every 17 ms
    EXPECT_EQ(said(slow), "");
    EXPECT_EQ(said(trial({{0s, 900ms}, {1s, 900ms}, {2s, 900ms}})), "") << "that is how it answers";
}

TEST(StoodStill, IsNotEvaluatedWhereNothingWasRecorded) {
    model::TrialResult old = trial({});
    old.samples.silences.reset();
    EXPECT_TRUE(std::holds_alternative<model::NotEvaluated>(stood_still(old)));
}

}  // namespace
}  // namespace joust::rules
