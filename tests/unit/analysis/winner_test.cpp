#include "analysis/winner.hpp"

#include <gmock/gmock.h>

#include "report/words/recommendations.hpp"
#include "report/words/verdicts.hpp"
#include "support/compared.hpp"
#include "support/rendered.hpp"

namespace joust::analysis {
namespace {

using testing::compared;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::ReportCase;
using ::testing::StartsWith;

// Django twice, FastAPI, and what goes wrong with one of them.
ReportCase with_failures(const std::string& more, const std::string& failing) {
    ReportCase run{"failures",
                   testing::benchmark_from(R"(name = "aa"
workload = "w"
contenders = ["fastapi", "django"]
baseline = "django"
[load]
levels = [4, 50]
duration = "5s"
[experiment]
blocks = { min = 4, max = 4 }
[[entrants]]
label = ")" + more),
                   {}};
    run.trials = testing::synthetic_trials(run.benchmark, [](const model::PlannedTrial& plan) {
        return testing::TrialShape{.goodput_rps = (plan.entrant == "fastapi" ? 260 : 200) *
                                                  (1 + 0.01 * testing::noise(plan))};
    });
    for (model::TrialResult& trial : run.trials)
        if (trial.plan.entrant == failing)
            trial.incidents = {{model::IncidentKind::service_restarted, "a worker was replaced"}};
    return run;
}

constexpr const char* k_again = "django-again\"\ncontender = \"django\"\n";
constexpr const char* k_third = "third\"\ncontender = \"flask\"\n";

TEST(winner, is_not_taken_away_by_the_baseline_again) {
    const model::Comparison comparison = compared(with_failures(k_again, "django-again"));
    ASSERT_EQ(comparison.again, "django-again");
    ASSERT_TRUE(invalid(*comparison.cell("django-again", 50)));
    EXPECT_EQ(comparison.winner, "fastapi");
    const std::string headline = report::words::headline(comparison);
    EXPECT_THAT(headline, StartsWith("fastapi is faster than django: 1.3"));
    EXPECT_THAT(headline, HasSubstr("Invalid: django-again at 4 and 50 users: a worker was replaced."));
    EXPECT_THAT(headline, Not(HasSubstr("No winner")));
    const std::string summary = report::summary_text(with_failures(k_again, "").benchmark, comparison);
    EXPECT_THAT(summary, Not(HasSubstr("where ranked")));
}

TEST(winner, is_nobody_beside_an_invalid_third_and_the_other_two_are_compared_everywhere) {
    const ReportCase run = with_failures(k_third, "third");
    const model::Comparison comparison = compared(run);
    EXPECT_EQ(comparison.winner, std::nullopt);
    const std::string headline = report::words::headline(comparison);
    EXPECT_THAT(headline, StartsWith("fastapi is faster than django: 1.3"));
    EXPECT_THAT(headline, HasSubstr("No winner."));
    EXPECT_THAT(report::words::why(comparison, testing::pooled(comparison)),
                HasSubstr("that of django over all levels, 95 % interval"));
    EXPECT_THAT(report::summary_text(run.benchmark, comparison), Not(HasSubstr("where ranked")));
    const testing::Rendered rendered(run);
    const auto sentences = report::words::recommendations(rendered.report());
    EXPECT_THAT(report::words::plain(sentences.front()), Not(HasSubstr("only levels at which neither")));
}

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
