// Where nobody was busy, or users' think time was the limit, no part of a report speaks of work.
#include "report/words/waits.hpp"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "report/figures/figure.hpp"
#include "report/markdown.hpp"
#include "report/results_json.hpp"
#include "report/words/recommendations.hpp"
#include "report/words/verdicts.hpp"
#include "support/rendered.hpp"

namespace joust::report {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using testing::Rendered;
using testing::ReportCase;

// Of django's time hardly any is work, at every level from `from` on.
ReportCase idle_django(std::int64_t from = 0) {
    ReportCase run = testing::clear_winner();
    for (model::TrialResult& trial : run.trials)
        if (trial.plan.entrant == "django" && trial.plan.level >= from)
            for (const model::Role role : {model::Role::contender, model::Role::database})
                trial.party(role)->usage.cpu = {Nanoseconds{10'000'000}, Nanoseconds{0}};
    return run;
}

ReportCase thinking() {
    ReportCase run = testing::clear_winner();
    for (model::TrialResult& trial : run.trials) {
        const double goodput =
            static_cast<double>(trial.samples.completed_in_window) / seconds(trial.samples.window);
        const double most = trial.plan.entrant == "fastapi" ? goodput : goodput * 2;
        trial.think_time = from_seconds(static_cast<double>(trial.plan.level) / most);
    }
    return run;
}

std::string text_of(const RunReport& run) {
    return markdown(run, figures(run.benchmark, run.environment, run.comparison));
}

// At every level of the ladder nobody was busy with django, but for those in `busy`.
std::string waits_but_at(const std::vector<std::int64_t>& busy) {
    ReportCase run = testing::single_block_ladder();
    for (model::TrialResult& trial : run.trials)
        if (trial.plan.entrant == "django" &&
            std::find(busy.begin(), busy.end(), trial.plan.level) == busy.end())
            for (const model::Role role : {model::Role::contender, model::Role::database})
                trial.party(role)->usage.cpu = {Nanoseconds{10'000'000}, Nanoseconds{0}};
    return words::waits(Rendered(run).report().comparison);
}

TEST(waits, at_many_levels_have_a_range_only_where_none_is_left_out) {
    EXPECT_THAT(waits_but_at({}), HasSubstr("django at 50 to 1000 users"));
    EXPECT_THAT(waits_but_at({300}), HasSubstr("django at 50 to 250 and 350 to 1000 users"));
    EXPECT_THAT(waits_but_at({150, 200, 300, 1000}),
                HasSubstr("django at 50, 100, 250 and 350 to 950 users"));
    EXPECT_THAT(waits_but_at({500, 550, 600, 950}),
                HasSubstr("django at 50 to 450, 650 to 900 and 1000 users"));
}

TEST(waits, come_before_a_choice_in_the_recommendations) {
    const Rendered rendered(idle_django());
    const std::string first = words::plain(words::recommendations(rendered.report()).front());
    EXPECT_THAT(first,
                ::testing::StartsWith(
                    "Find and end the wait before choosing between fastapi and django by goodput: nobody was "
                    "busy with django at 4, 50 and 200 users, so what was measured there is a wait, not work "
                    "(ratio 1.3"));
    EXPECT_THAT(text_of(rendered.report()), Not(HasSubstr("serves more")));
    const Rendered busy(testing::clear_winner());
    EXPECT_THAT(text_of(busy.report()), HasSubstr("fastapi serves more than django"));
}

TEST(waits, come_before_a_choice_where_users_pause) {
    const Rendered rendered(thinking());
    ASSERT_EQ(testing::Rendered(thinking()).report().comparison.winner, "fastapi");
    const std::string first = words::plain(words::recommendations(rendered.report()).front());
    EXPECT_THAT(first,
                ::testing::StartsWith("Measure with more users or without think time before choosing"));
    EXPECT_THAT(text_of(rendered.report()), Not(HasSubstr("serves more")));
}

TEST(waits, are_marked_in_the_results) {
    const Rendered rendered(idle_django(200));
    const auto json = nlohmann::json::parse(results_json(rendered.report()));
    EXPECT_EQ(json["winner"], "fastapi");
    EXPECT_EQ(json["winner_measured"], "wait");
    for (const auto& comparison : json["comparisons"]) {
        const bool cost = comparison["quantity"] == "cpu_per_operation";
        const bool there = comparison["level"].is_null() || comparison["level"] == 200;
        EXPECT_EQ(comparison["measured"], there && !cost ? "wait" : "work") << comparison;
        EXPECT_EQ(
            comparison["why"].get<std::string>().starts_with("nobody was busy with django at 200 users"),
            there && !cost)
            << comparison;
    }
    const auto load = nlohmann::json::parse(results_json(Rendered(thinking()).report()));
    EXPECT_EQ(load["winner_measured"], "load");
    const auto work = nlohmann::json::parse(results_json(Rendered(testing::clear_winner()).report()));
    EXPECT_EQ(work["winner_measured"], "work");
    const auto none = nlohmann::json::parse(results_json(Rendered(testing::equivalent()).report()));
    EXPECT_TRUE(none["winner_measured"].is_null());
}

TEST(waits, are_in_the_findings_before_a_verdict) {
    const std::string text = text_of(Rendered(idle_django()).report());
    EXPECT_THAT(text, HasSubstr("fastapi against django: a wait was measured; higher goodput."));
    EXPECT_THAT(text, Not(HasSubstr("fastapi against django: higher goodput.")));
}

TEST(waits, at_some_levels_are_said_of_these_alone) {
    const std::string text = text_of(Rendered(idle_django(200)).report());
    EXPECT_THAT(text, HasSubstr("fastapi against django: in part a wait was measured; higher goodput."));
    EXPECT_THAT(text,
                HasSubstr("Nobody was busy with django at 200 users, so that there it is of a wait, not of "
                          "work: goodput of fastapi"));
    const std::string all = text_of(Rendered(idle_django()).report());
    EXPECT_THAT(all,
                HasSubstr("Nobody was busy with django at 4, 50 and 200 users, so that this is of a wait"));
}

// Django does as much at every level.
ReportCase level(ReportCase run) {
    for (model::TrialResult& trial : run.trials)
        if (trial.plan.entrant == "django") trial.samples.completed_in_window = 900;
    return run;
}

TEST(waits, are_never_called_saturated) {
    EXPECT_THAT(text_of(Rendered(level(testing::clear_winner())).report()),
                HasSubstr("django: 3 levels measured one saturated number"))
        << "as a busy one is";
    const std::string text = text_of(Rendered(level(idle_django())).report());
    EXPECT_THAT(text, HasSubstr("django: 3 levels measured one number, which is no limit of its work"));
    EXPECT_THAT(text, Not(HasSubstr("how django grows with load")));
    ReportCase late = idle_django();
    for (model::TrialResult& trial : late.trials)
        if (trial.plan.entrant == "django")
            trial.timeout = Nanoseconds{trial.samples.response_time.value_at_quantile(0.5)};
    const Rendered rendered(late);
    const model::Cell& cell = *rendered.report().comparison.cell("django", 50);
    ASSERT_TRUE(cell.judgement.has(model::Rule::saturated) && cell.judgement.has(model::Rule::nobody_busy));
    const std::string timeouts = text_of(rendered.report());
    EXPECT_THAT(timeouts, HasSubstr("django at 50 users waits until its timeout, and nobody is busy."));
    EXPECT_THAT(timeouts, Not(HasSubstr("django at 50 users is saturated")));
    EXPECT_THAT(timeouts, Not(HasSubstr("suspect: saturated")));
    EXPECT_THAT(timeouts, Not(HasSubstr("saturated: half of the requests")));
}

}  // namespace
}  // namespace joust::report
