// Where the contenders' CPUs ran at different speeds, the report says so, and what goes with it.
#include "report/words/cpu_speed.hpp"

#include <gmock/gmock.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "base/text_width.hpp"
#include "report/results_json.hpp"
#include "report/words/findings.hpp"
#include "report/words/recommendations.hpp"
#include "report/words/verdicts.hpp"
#include "support/rendered.hpp"

namespace joust::report {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::Rendered;
using testing::ReportCase;

double goodput_of(const model::PlannedTrial& plan) {
    return 200 * (1 + 0.2 * testing::noise(plan));
}

using SpeedOf = std::function<std::optional<double>(const model::PlannedTrial&)>;

// Two that are alike and scatter, on CPUs of that speed.
ReportCase alike(const SpeedOf& speed) {
    ReportCase run{"alike", testing::benchmark_of({"fastapi", "django"}, {4, 50}, 4), {}};
    run.trials = testing::synthetic_trials(run.benchmark, [](const model::PlannedTrial& plan) {
        const double goodput = goodput_of(plan);
        return testing::TrialShape{.goodput_rps = goodput,
                                   .p50_ms = static_cast<double>(plan.level) / goodput * 1000};
    });
    for (model::TrialResult& trial : run.trials)
        trial.contender_cpu_speed = speed(trial.plan);
    return run;
}

// Goodput follows the speed, but for what another trial's noise adds to it.
std::optional<double> slowed(const model::PlannedTrial& plan) {
    model::PlannedTrial other = plan;
    other.block += 100;
    return goodput_of(plan) * (1 + 0.03 * testing::noise(other));
}

std::optional<double> against_it(const model::PlannedTrial& plan) {
    return 1 / goodput_of(plan);
}

std::string summary_of(const RunReport& run) {
    std::string text = summary_text(run.benchmark, run.comparison);
    for (const std::string_view line : split(text, '\n'))
        EXPECT_LE(display_width(line), 100U) << line;
    return text;
}

std::string finding_of(const RunReport& run) {
    for (const words::Statement& statement : words::findings(run))
        if (statement.lead == "Speed of the CPUs.") return statement.text;
    return "";
}

std::string first_recommendation(const RunReport& run) {
    return words::plain(words::recommendations(run).front());
}

TEST(cpu_speed, says_why_an_interval_is_wide_where_goodput_went_with_it) {
    const Rendered rendered(alike(slowed));
    const RunReport run = rendered.report();
    ASSERT_EQ(run.comparison.pooled(model::Quantity::goodput).front().basis, model::Basis::neither);
    EXPECT_THAT(finding_of(run),
                ContainsRegex("^The contender's CPUs ran up to 1[.][0-9]+ times apart between trials of one "
                              "contender and level [(]standard deviation of the logarithm [0-9.]+ %; "
                              "fastapi [0-9.]+ %, django [0-9.]+ %[)][.] Pair by pair, 9[0-9.]+ % of the "
                              "variance of the ratio of fastapi to django goes with how much faster the "
                              "one's CPUs ran[.] Others on the same core, .*"
                              "More blocks narrow the interval, and a quieter host may[.]$"));
    EXPECT_THAT(words::slowed_cpus(run.comparison),
                ContainsRegex("^The contender's CPUs ran up to .* one contender and level; 9[0-9.]+ % of the "
                              "variance of the ratio of fastapi to django goes with it[.] More blocks narrow "
                              "the interval, and a quieter host may[.]$"));
    EXPECT_THAT(summary_of(run), HasSubstr("\nThe contender's CPUs ran up to "));
    EXPECT_THAT(first_recommendation(run),
                ContainsRegex("^Measure more blocks .* Fewer may do on a quieter host: 9[0-9.]+ % of the "
                              "variance of the ratio of fastapi to django goes with how fast the CPUs "
                              "ran[.]$"));
}

TEST(cpu_speed, claims_nothing_where_goodput_fell_with_it) {
    const Rendered rendered(alike(against_it));
    const RunReport run = rendered.report();
    EXPECT_THAT(finding_of(run),
                HasSubstr(". That ratios of goodput went with it, pair by pair, does not show."));
    EXPECT_THAT(finding_of(run), Not(HasSubstr("variance")));
    EXPECT_EQ(words::slowed_cpus(run.comparison), "");
    EXPECT_THAT(summary_of(run), Not(HasSubstr("CPUs ran")));
    EXPECT_THAT(first_recommendation(run), Not(HasSubstr("quieter host")));
}

TEST(cpu_speed, is_not_spoken_of_where_it_hardly_differs_or_is_not_known) {
    for (const SpeedOf& speed : {SpeedOf([](const auto&) { return 998.25; }),
                                 SpeedOf([](const auto& plan) { return std::pow(goodput_of(plan), 0.05); }),
                                 SpeedOf([](const auto&) { return std::nullopt; })}) {
        const Rendered rendered(alike(speed));
        const RunReport run = rendered.report();
        EXPECT_EQ(finding_of(run), "");
        EXPECT_THAT(summary_of(run), Not(HasSubstr("CPUs ran")));
        EXPECT_THAT(first_recommendation(run), Not(HasSubstr("quieter host")));
    }
}

TEST(cpu_speed, excuses_no_verdict_that_was_reached) {
    ReportCase run = testing::clear_winner();
    for (model::TrialResult& trial : run.trials)
        trial.contender_cpu_speed = std::pow(trial.samples.goodput_rps(), 4.0);
    const Rendered rendered(run);
    ASSERT_EQ(rendered.report().comparison.winner, "fastapi");
    EXPECT_THAT(finding_of(rendered.report()), HasSubstr(" goes with how much faster the one's CPUs ran."));
    EXPECT_THAT(finding_of(rendered.report()), Not(HasSubstr("More blocks")));
    EXPECT_EQ(words::slowed_cpus(rendered.report().comparison), "");
    EXPECT_THAT(first_recommendation(rendered.report()), Not(HasSubstr("quieter host")));
}

// Where other reasons keep a verdict back, more blocks or a quieter host would not bring it.
TEST(cpu_speed, excuses_no_verdict_that_something_else_keeps_back) {
    const Rendered rendered(alike(slowed));
    const model::Comparison& comparison = rendered.report().comparison;
    ASSERT_NE(words::slowed_cpus(comparison), "");
    const auto with = [&](auto&& change) {
        model::Comparison changed = comparison;
        for (model::PairedRatio& ratio : changed.ratios)
            if (ratio.quantity == model::Quantity::goodput) change(ratio);
        return words::slowed_cpus(changed) +
               words::quieter_host(changed, changed.pooled(model::Quantity::goodput).front());
    };
    EXPECT_EQ(with([](model::PairedRatio& ratio) { ratio.basis = model::Basis::lower_bounds; }), "");
    EXPECT_EQ(with([](model::PairedRatio& ratio) { ratio.basis = model::Basis::within_floor; }), "");
    EXPECT_EQ(with([](model::PairedRatio& ratio) { ratio.doubt = model::Doubt::one_sided; }), "");
    EXPECT_EQ(with([](model::PairedRatio& ratio) { ratio.measured = model::Measured::wait; }), "");
}

TEST(cpu_speed, is_in_the_results) {
    const Rendered rendered(alike(slowed));
    const RunReport run = rendered.report();
    const auto scatters = nlohmann::json::parse(results_json(run)).at("speed_scatters");
    ASSERT_EQ(scatters.size(), 3U);
    EXPECT_EQ(scatters[0].at("contender"), "fastapi");
    EXPECT_EQ(scatters[2].at("contender"), nullptr);
    EXPECT_GT(scatters[2].at("share"), 0.02);
    EXPECT_GT(scatters[2].at("largest_ratio"), 1.1);
    EXPECT_EQ(scatters[2].at("correlation"), nullptr);
    EXPECT_GT(scatters[0].at("correlation"), 0.9);
    EXPECT_LT(scatters[0].at("p_value"), 0.001);
    EXPECT_GT(scatters[0].at("explained_share"), 0.81);
    const Rendered falling(alike(against_it));
    const RunReport other = falling.report();
    const auto fell = nlohmann::json::parse(results_json(other)).at("speed_scatters").at(0);
    EXPECT_LT(fell.at("correlation"), -0.99);
    EXPECT_EQ(fell.at("explained_share"), nullptr);
}

}  // namespace
}  // namespace joust::report
