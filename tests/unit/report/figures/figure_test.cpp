#include "report/figures/figure.hpp"

#include <gmock/gmock.h>

#include <cstdlib>

#include "base/text.hpp"
#include "report/figures/gnuplot.hpp"
#include "support/rendered.hpp"

namespace joust::report {
namespace {

using ::testing::HasSubstr;
using testing::in_doubt_alone;
using testing::Rendered;
using testing::ReportCase;

TEST(pictures_possible, says_before_a_run_what_is_missing) {
    EXPECT_TRUE(pictures_possible());
    const std::string path = std::getenv("PATH");
    ::setenv("PATH", "/nonexistent", 1);
    const Status status = pictures_possible();
    ::setenv("PATH", path.c_str(), 1);
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().kind, ErrorKind::bad_input);
    EXPECT_THAT(status.error().message, HasSubstr("apt-get install gnuplot-nox"));
}

TEST(figures, say_why_points_are_hollow_and_that_a_band_was_widened) {
    const Rendered rendered(in_doubt_alone());
    const RunReport report = rendered.report();
    const std::vector<Figure> all = figures(report.benchmark, report.environment, report.comparison);
    for (const Figure& figure : all)
        EXPECT_THAT(gnuplot_files(figure).script, HasSubstr("hollow (○ □): suspect: no steady state'"));
    EXPECT_THAT(gnuplot_files(all[0]).script, HasSubstr("bands: 95 % interval'"));
    EXPECT_THAT(gnuplot_files(all[2]).script,
                HasSubstr("bands: 95 % interval, widened to the pooled value'"));
}

// The row of a picture's data at x, one for each series.
std::vector<std::string> rows_at(const std::string& data, const std::string& x) {
    std::vector<std::string> rows;
    for (const std::string_view line : split(data, '\n'))
        if (line.starts_with(x + " ")) rows.emplace_back(line);
    return rows;
}

TEST(gnuplot_files, keep_markers_of_the_same_value_apart) {
    Figure figure{.name = "errors", .title = "Errors"};
    figure.series = {{.label = "a", .points = {{.x = 50, .y = 0}, {.x = 100, .y = 0}}},
                     {.label = "b", .hue = 1, .points = {{.x = 50, .y = 0}, {.x = 100, .y = 3}}}};
    const std::string data = gnuplot_files(figure).data;
    const auto marker = [&](const std::string& x, std::size_t series) {
        const std::string row = rows_at(data, x).at(series);
        return std::stod(row.substr(row.rfind(' ')));
    };
    EXPECT_NEAR(marker("50", 0), 49.7, 0.1) << data;
    EXPECT_NEAR(marker("50", 1), 50.3, 0.1) << data;
    EXPECT_EQ(marker("100", 0), 100);
    EXPECT_EQ(marker("100", 1), 100);
}

TEST(figures, mark_what_is_invalid_and_what_is_a_lower_bound) {
    const Rendered rendered(testing::single_block_ladder());
    const RunReport run = rendered.report();
    const std::vector<Figure> all = figures(run.benchmark, run.environment, run.comparison);
    ASSERT_EQ(all.size(), 5U);
    const Series& throughput = all[0].series[0];
    ASSERT_EQ(throughput.points.size(), 20U);
    EXPECT_EQ(throughput.points[15].mark, Mark::valid);    // 800 users
    EXPECT_EQ(throughput.points[16].mark, Mark::invalid);  // 850 users, 2 % timeouts
    EXPECT_FALSE(all[0].x.logarithmic);
    EXPECT_TRUE(all[2].y.logarithmic);
    EXPECT_EQ(all[1].threshold, (Threshold{1, "limit 1 %"}));
}

TEST(figures, mark_what_is_suspect_with_hollow_markers_and_explain_them) {
    ReportCase run = testing::clear_winner();
    for (model::TrialResult& trial : run.trials)
        if (trial.plan.level == 50) trial.warmup.steady = false;
    const Rendered rendered(std::move(run));
    const RunReport report = rendered.report();
    const std::vector<Figure> all = figures(report.benchmark, report.environment, report.comparison);
    ASSERT_EQ(all.size(), 5U);
    for (const Figure& figure : all) {
        for (const Series& series : figure.series) {
            EXPECT_EQ(series.points[0].mark, Mark::valid) << figure.name;
            EXPECT_EQ(series.points[1].mark, Mark::suspect) << figure.name;
        }
        const std::string script = gnuplot_files(figure).script;
        EXPECT_THAT(script, HasSubstr("hollow (○ □): suspect")) << figure.name;
        EXPECT_THAT(script, HasSubstr("9:6 with points pointtype 6 ")) << figure.name;  // fastapi, circle
        EXPECT_THAT(script, HasSubstr("9:6 with points pointtype 4 ")) << figure.name;  // django, square
    }
}

TEST(gnuplot_files, of_a_suspect_lower_bound_show_both_marks) {
    Figure figure{.name = "latency", .title = "Latency", .series = {{.label = "a p99"}}};
    figure.series[0].points = {{.x = 1, .y = 2, .mark = Mark::suspect, .at_least = true},
                               {.x = 2, .y = 3, .mark = Mark::invalid, .at_least = true}};
    const GnuplotFiles files = gnuplot_files(figure);
    EXPECT_THAT(files.data, HasSubstr("\n1 2 NaN NaN NaN 2 NaN 2 1\n2 3 NaN NaN NaN NaN 3 NaN 2\n"));
    EXPECT_THAT(files.script, HasSubstr("'✕ invalid: not ranked   △ at least so much'"));
}

TEST(figures, mark_a_censored_percentile_of_a_valid_cell_as_a_lower_bound) {
    ReportCase run = testing::clear_winner();
    for (model::TrialResult& trial : run.trials) {
        trial.samples.response_time.record(trial.timeout.count(), 5);
        trial.samples.censored = 5;
    }
    const Rendered rendered(std::move(run));
    const RunReport report = rendered.report();
    const Figure latency = figures(report.benchmark, report.environment, report.comparison)[2];
    EXPECT_EQ(latency.series[0].label, "fastapi p50");
    EXPECT_EQ(latency.series[0].points[0].mark, Mark::valid);
    EXPECT_EQ(latency.series[4].label, "fastapi p99");
    EXPECT_EQ(latency.series[4].points[0].mark, Mark::valid);  // 15 of 3050 requests
    EXPECT_EQ(latency.series[5].label, "django p99");
}

TEST(figures, of_evenly_spaced_levels_are_linear_and_of_wide_ones_logarithmic) {
    const Rendered quick(testing::clear_winner());
    const RunReport run = quick.report();
    const Axis axis = figures(run.benchmark, run.environment, run.comparison)[0].x;
    EXPECT_TRUE(axis.logarithmic);
    ASSERT_EQ(axis.ticks.size(), 3U);
    EXPECT_EQ(axis.ticks[1], (Tick{50, "50"}));
}

}  // namespace
}  // namespace joust::report
