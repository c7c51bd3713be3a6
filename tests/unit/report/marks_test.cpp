// A figure carries the mark of what touches it, and no other.
#include <gmock/gmock.h>

#include "base/text.hpp"
#include "base/text_width.hpp"
#include "report/markdown.hpp"
#include "report/words/recommendations.hpp"
#include "report/words/verdicts.hpp"
#include "support/rendered.hpp"

namespace joust::report {
namespace {

using ::testing::Contains;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::Rendered;
using testing::ReportCase;

template <typename Change>
ReportCase fastapi_at_200(Change&& change) {
    ReportCase run = testing::clear_winner();
    for (model::TrialResult& trial : run.trials)
        if (trial.plan.entrant == "fastapi" && trial.plan.level == 200) change(trial);
    return run;
}

std::string summary_of(const ReportCase& run) {
    std::string text = summary_text(run.benchmark, testing::Rendered(run).report().comparison);
    for (const std::string_view line : split(text, '\n'))
        EXPECT_LE(display_width(line), 100U) << line;
    return text;
}

void starve(model::TrialResult& trial) {
    trial.samples.in_flight_mean *= 2;
}

TEST(marks, of_a_bound_are_at_the_times_alone) {
    const ReportCase run = fastapi_at_200(starve);
    const std::string text = summary_of(run);
    EXPECT_THAT(text, ContainsRegex("200  fastapi .*  ≥ [0-9.]+ m?s .*descriptive\n"));
    EXPECT_THAT(text, Not(HasSubstr(" ?\n")));
    EXPECT_THAT(text, HasSubstr("≥ lower bounds of times: littles law (fastapi at 200 users)\n"));
    EXPECT_THAT(text, Not(HasSubstr("suspect: littles law (fast")));
    EXPECT_THAT(text, Not(HasSubstr("deserve doubt")));
    EXPECT_THAT(
        words::warnings(Rendered(run).report().comparison),
        Contains("1 of 6 results is suspect (littles law: 1). It is their latencies alone, which are lower "
                 "bounds (≥): their goodput stands."));
}

TEST(marks, of_times_that_had_not_settled_are_at_the_times) {
    const std::string text = summary_of(fastapi_at_200([](model::TrialResult& trial) {
        trial.warmup.steady = false;
        trial.warmup.goodput_steady = true;
    }));
    EXPECT_THAT(text, ContainsRegex("200  fastapi .* m?s [?] +0 % .*descriptive\n"));
    EXPECT_THAT(text, HasSubstr("? suspect: latency not steady (fastapi at 200 users)\n"));
    EXPECT_THAT(text, HasSubstr("It is their latencies alone that deserve"));
}

TEST(marks, of_what_had_not_settled_at_all_end_the_row) {
    ReportCase run = fastapi_at_200([](model::TrialResult& trial) { trial.warmup.steady = false; });
    for (model::TrialResult& trial : run.trials)
        if (trial.plan.entrant == "django" && trial.plan.level == 50) starve(trial);
    const std::string text = summary_of(run);
    EXPECT_THAT(text, ContainsRegex("200  fastapi .* m?s +0 % +[0-9.]+ ms +[^?]*descriptive [?]\n"));
    EXPECT_THAT(text, HasSubstr("? suspect: no steady state (fastapi at 200 users)\n"));
    EXPECT_THAT(text, HasSubstr("≥ lower bounds of times: littles law (django at 50 users)\n"));
    EXPECT_THAT(words::warnings(Rendered(run).report().comparison),
                Contains(HasSubstr(
                    "They are compared all the same, and their numbers deserve doubt, of 1 of them the "
                    "latencies alone.")));
}

TEST(marks, of_a_ratio_that_leaves_bounds_out_say_so_in_the_table) {
    const ReportCase run = fastapi_at_200(starve);
    const Rendered rendered(run);
    const std::string text = markdown(rendered.report(), {});
    EXPECT_THAT(text,
                ContainsRegex("[|] p99 response time, fastapi ÷ django, where both are known [|] .* [|] "
                              "not decided [(]at 1 of 3 levels only lower bounds[)] [|]"));
    EXPECT_THAT(text, HasSubstr("| goodput, fastapi ÷ django | 1.3"));
    EXPECT_THAT(text, Not(HasSubstr("where neither is invalid")));
    for (const words::Prose& sentence : words::recommendations(rendered.report()))
        EXPECT_THAT(words::plain(sentence), Not(HasSubstr("tail latency"))) << "it is not known";
}

}  // namespace
}  // namespace joust::report
