#include "analysis/winner.hpp"

#include <gmock/gmock.h>

#include "support/compared.hpp"

namespace joust::analysis {
namespace {

using testing::compared;
using testing::ReportCase;

TEST(comparable, is_a_ladder_up_to_the_breaking_point) {
    EXPECT_TRUE(comparable(compared(testing::clear_winner())));
    EXPECT_TRUE(comparable(compared(testing::errors_at_high_levels())));
    EXPECT_TRUE(comparable(compared(testing::one_contender())));
    EXPECT_FALSE(comparable(compared(testing::both_fail_every_request()))) << "no level has a pair";
}

TEST(comparable, is_a_run_as_long_as_one_pair_has_goodput_on_both_sides) {
    ReportCase run = testing::clear_winner();
    run.trials.front().samples.requests.failed = run.trials.front().samples.requests.started;
    EXPECT_TRUE(comparable(compared(run)));
    run.trials.back().incidents = {{model::IncidentKind::clock_jumped, "by 3 s"}};
    EXPECT_TRUE(comparable(compared(run)));
    for (model::TrialResult& trial : run.trials)
        trial.incidents = {{model::IncidentKind::clock_jumped, "by 3 s"}};
    EXPECT_FALSE(comparable(compared(run)));
}

TEST(comparable, is_nobody_by_the_baseline_against_itself) {
    ReportCase run = testing::looks_under_steal();
    EXPECT_TRUE(comparable(compared(run)));
    for (model::TrialResult& trial : run.trials)
        if (trial.plan.entrant == "fastapi") trial.samples.requests.failed = trial.samples.requests.started;
    EXPECT_FALSE(comparable(compared(run)));
}

}  // namespace
}  // namespace joust::analysis
