// Where users starve, times are lower bounds: what is left of the pairs may not decide.
#include <gmock/gmock.h>

#include "report/words/verdicts.hpp"
#include "support/compared.hpp"

namespace joust::analysis {
namespace {

using model::Comparison;
using model::PairedRatio;
using model::Quantity;
using model::Verdict;
using testing::by_level;
using testing::compared;
using testing::pooled;
using testing::ReportCase;
namespace words = report::words;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::array k_times{Quantity::response_time_p50, Quantity::response_time_p99};

// Requests that were sent before the window and starved are in the time in flight, but in no percentile.
template <typename Which>
ReportCase starved(Which&& which) {
    ReportCase run = testing::clear_winner();
    for (model::TrialResult& trial : run.trials)
        if (which(trial.plan)) trial.samples.in_flight_mean *= 2;
    return run;
}

bool fastapi_at_200(const model::PlannedTrial& plan) {
    return plan.entrant == "fastapi" && plan.level == 200;
}

TEST(bounded_ratios, carry_no_verdict_over_the_levels_that_are_left) {
    const Comparison comparison = compared(starved(fastapi_at_200));
    for (const Quantity quantity : k_times) {
        const PairedRatio ratio = pooled(comparison, quantity);
        EXPECT_EQ(ratio.pairs, 6);
        EXPECT_TRUE(ratio.low.has_value()) << "it describes the levels that have none";
        EXPECT_EQ(ratio.verdict, Verdict::inconclusive);
        EXPECT_EQ(ratio.doubt, model::Doubt::none);
        const std::string why = words::why(comparison, ratio);
        EXPECT_THAT(why, HasSubstr("over the pairs of which both are known"));
        EXPECT_THAT(why,
                    HasSubstr("which decides nothing: in 3 of 9 pairs, at 1 of 3 levels, one of the two is "
                              "at best known by a lower bound"));
        EXPECT_THAT(why, Not(HasSubstr("over all levels")));
    }
    EXPECT_EQ(pooled(comparison).verdict, Verdict::faster) << "goodput is what it is";
    EXPECT_EQ(pooled(compared(testing::clear_winner()), Quantity::response_time_p99).verdict,
              Verdict::slower);
}

TEST(bounded_ratios, carry_none_where_a_single_pair_has_a_bound) {
    const Comparison comparison = compared(starved([](const model::PlannedTrial& plan) {
        return plan.entrant == "django" && plan.level == 50 && plan.block == 1;
    }));
    EXPECT_EQ(pooled(comparison, Quantity::response_time_p99).verdict, Verdict::inconclusive);
    EXPECT_THAT(words::why(comparison, pooled(comparison, Quantity::response_time_p99)),
                HasSubstr("in 1 of 9 pairs, at 1 of 3 levels,"));
    for (const PairedRatio& ratio : by_level(comparison, Quantity::response_time_p99)) {
        EXPECT_EQ(ratio.verdict == Verdict::inconclusive, ratio.level == 50) << *ratio.level;
        EXPECT_EQ(ratio.alone == Verdict::inconclusive, ratio.level == 50) << *ratio.level;
    }
}

TEST(bounded_ratios, carry_none_where_requests_that_never_ended_reach_down_to_them) {
    ReportCase run = testing::clear_winner();
    for (model::TrialResult& trial : run.trials)
        if (fastapi_at_200(trial.plan)) {
            const auto stuck = static_cast<std::int64_t>(trial.samples.response_time.count() / 50);
            trial.samples.censored = static_cast<std::uint64_t>(stuck);
            trial.samples.response_time.record(trial.timeout.count(), stuck);
        }
    const Comparison comparison = compared(run);
    EXPECT_EQ(pooled(comparison, Quantity::response_time_p99).left_out.without_answers, 3);
    EXPECT_EQ(pooled(comparison, Quantity::response_time_p99).verdict, Verdict::inconclusive);
    EXPECT_EQ(pooled(comparison, Quantity::response_time_p50).pairs, 9) << "they do not reach down to it";
    EXPECT_NE(pooled(comparison, Quantity::response_time_p50).verdict, Verdict::inconclusive);
}

// What was not measured is no hint at how long it was.
TEST(bounded_ratios, are_decided_where_pairs_lack_the_figure_for_another_reason) {
    ReportCase run = testing::clear_winner();
    for (model::TrialResult& trial : run.trials)
        if (fastapi_at_200(trial.plan) && trial.plan.block == 0) {
            const Nanoseconds late{trial.samples.response_time.value_at_quantile(0.5) * 2};
            trial.samples.conduct.start_delay_p50 = trial.samples.conduct.start_delay_p99 = late;
        }
    const PairedRatio ratio = pooled(compared(run), Quantity::response_time_p99);
    EXPECT_EQ(ratio.left_out.unknown, 1);
    EXPECT_NE(ratio.verdict, Verdict::inconclusive);
}

}  // namespace
}  // namespace joust::analysis
