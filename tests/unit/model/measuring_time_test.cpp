#include "model/measuring_time.hpp"

#include <gtest/gtest.h>

#include "support/synthetic_trials.hpp"

namespace joust::model {
namespace {

using namespace std::chrono_literals;

// Trials of one entrant pair at level 4, block after block: when each started, how long it took.
struct Timing {
    Nanoseconds started;
    std::optional<Nanoseconds> took;
};
std::vector<TrialResult> trials_of(const std::vector<Timing>& timings) {
    std::vector<TrialResult> trials;
    for (const Timing& timing : timings) {
        TrialResult& trial = trials.emplace_back();
        const int index = static_cast<int>(trials.size()) - 1;
        trial.plan = {.index = index, .block = index / 2, .level = 4, .entrant = index % 2 == 0 ? "a" : "b"};
        trial.started = WallTime(1'772'368'245s) + timing.started;
        trial.took = timing.took;
        trial.samples.window = 6s;
    }
    return trials;
}

TEST(MeasuringTime, is_from_the_first_start_to_the_last_end) {
    const auto trials = trials_of({{0s, 9s}, {9s, 10s}, {20s, 8s}});
    EXPECT_EQ(measuring_time(trials), 28s);
    EXPECT_DOUBLE_EQ(measured_share(trials).value(), 18.0 / 28);
}

TEST(MeasuringTime, leaves_out_the_time_in_which_the_run_was_interrupted) {
    EXPECT_EQ(measuring_time(trials_of({{0s, 9s}, {19s, 10s}})), 29s) << "a gap of ten seconds counts";
    EXPECT_EQ(measuring_time(trials_of({{0s, 9s}, {3600s, 10s}})), 19s);
    EXPECT_EQ(measuring_time(trials_of({{0s, 9s}, {-3600s, 10s}})), 19s) << "the clock was set back";
}

TEST(MeasuringTime, says_how_long_the_run_was_interrupted) {
    EXPECT_EQ(interruptions(trials_of({{0s, 9s}, {19s, 10s}})), 0s);
    EXPECT_EQ(interruptions(trials_of({{0s, 9s}, {3609s, 10s}, {7219s, 1s}})), 7200s);
    EXPECT_EQ(interruptions(trials_of({{0s, 9s}, {-3600s, 10s}})), 0s) << "the clock was set back";
}

TEST(MeasuringTime, is_not_known_without_trials_and_of_older_ones) {
    EXPECT_EQ(measuring_time({}), std::nullopt);
    EXPECT_EQ(measured_share(trials_of({{0s, 9s}, {9s, std::nullopt}})), std::nullopt);
}

const Benchmark budget_of_100_s = testing::benchmark_from(R"(
name = "b"
workload = "w"
contenders = ["a", "b"]
[load]
levels = [4, 50]
duration = "5s"
warmup = { min = "2s", max = "4s" }
[experiment]
budget = "100s"
)");

TEST(ExpectedTime, is_that_of_the_slowest_whole_pair_or_as_planned) {
    const auto trials = trials_of({{0s, 9s}, {9s, 10s}, {20s, 11s}, {31s, 12s}, {43s, 90s}});
    EXPECT_EQ(expected_time(budget_of_100_s, trials, 4), 23s) << "the last trial has no other half";
    EXPECT_EQ(expected_time(budget_of_100_s, trials, 50), 2 * (5s + 4s + k_overhead_per_trial));
}

TEST(MeasuredPart, counts_whole_pairs_and_all_of_the_time) {
    auto trials = trials_of({{0s, 10s}, {10s, 10s}, {20s, 10s}});
    MeasuredPart done = measured_part(budget_of_100_s, trials);
    EXPECT_EQ(done.trials_at_levels, 2) << "the third has no other half";
    EXPECT_EQ(done.time, 30s);
    const PlannedRun rest = planned_run(budget_of_100_s, 1s, done);
    EXPECT_EQ(rest.fewest_trials, 12 - 2) << "three blocks of two levels";
    EXPECT_EQ(rest.time.most, 70s) << "what the budget leaves";
    trials.push_back(trials.back());
    trials.back().plan.entrant = "b";
    trials.back().plan.attempt = 1;
    EXPECT_EQ(measured_part(budget_of_100_s, trials).trials_at_levels, 2) << "of another attempt";
    for (auto& trial : trials)
        trial.plan.lens = Lens::equal_rate;
    done = measured_part(budget_of_100_s, trials);
    EXPECT_EQ(done.trials_at_levels, 0);
    EXPECT_EQ(done.trials_at_equal_rate, 2);
}

TEST(Budget, fits_what_ends_within_it) {
    const auto trials = trials_of({{0s, 10s}, {10s, 10s}, {20s, 10s}, {30s, 10s}});
    const std::vector<std::int64_t> three{4, 4, 4};
    const std::vector<std::int64_t> four{4, 4, 4, 4};
    EXPECT_TRUE(fits_budget(budget_of_100_s, trials, three));
    EXPECT_FALSE(fits_budget(budget_of_100_s, trials, four));
}

}  // namespace
}  // namespace joust::model
