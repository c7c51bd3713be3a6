// Golden files of every text that the report writes. JOUST_RENEW_GOLDEN=1 in the environment writes them
// anew: then look at the difference before committing it.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "analysis/compare.hpp"
#include "report/figures/figure.hpp"
#include "report/figures/gnuplot.hpp"
#include "report/markdown.hpp"
#include "report/results_json.hpp"
#include "support/report_cases.hpp"

namespace joust::report {
namespace {

void expect_golden(const std::string& name, const std::string& text) {
    const Path file = Path(JOUST_SOURCE_DIR) / "tests" / "golden" / "report" / name;
    if (const char* renew = std::getenv("JOUST_RENEW_GOLDEN");
        renew != nullptr && std::string(renew) == "1") {
        ASSERT_TRUE(make_directories(file.parent_path()));
        ASSERT_TRUE(write_atomically(file, text));
        return;
    }
    const auto golden = read_file(file);
    ASSERT_TRUE(golden) << golden.error().message << "; JOUST_RENEW_GOLDEN=1 writes it";
    EXPECT_EQ(text, *golden) << name << " differs; JOUST_RENEW_GOLDEN=1 writes it anew";
}

class Golden : public ::testing::TestWithParam<testing::ReportCase (*)()> {
protected:
    const testing::ReportCase run_ = GetParam()();
    const model::Environment environment_ = testing::synthetic_environment(run_.benchmark);
    const model::Comparison comparison_ = analysis::compare(run_.benchmark, run_.trials, &environment_);
    const RunReport report_{"results/example", run_.benchmark, environment_, run_.trials, comparison_};
};

TEST_P(Golden, markdown) {
    expect_golden(run_.name + "/incremental_benchmark_report.md",
                  markdown(report_, figures(run_.benchmark, environment_, comparison_)));
}

// Every mark of a picture: suspect, suspect with a lower bound, invalid.
testing::ReportCase doubtful() {
    testing::ReportCase run = testing::errors_at_high_levels();
    run.name = "doubtful";
    for (model::TrialResult& trial : run.trials) {
        if (trial.plan.level == 50) trial.warmup.steady = false;
        if (trial.plan.level != 50 || trial.plan.entrant != "fastapi") continue;
        trial.samples.response_time.record(trial.timeout.count(), 30);
        trial.samples.censored = 30;
    }
    return run;
}

// Long files: the stories that differ most are enough.
class GoldenJson : public Golden {};
class GoldenFigures : public Golden {};

TEST_P(GoldenJson, results_json) {
    expect_golden(run_.name + "/incremental_benchmark_results.json", results_json(report_));
}

TEST_P(Golden, summary_text) {
    expect_golden(run_.name + "/summary.txt", summary_text(run_.benchmark, comparison_));
}

TEST_P(GoldenFigures, gnuplot_files) {
    for (const Figure& figure : figures(run_.benchmark, environment_, comparison_)) {
        const GnuplotFiles files = gnuplot_files(figure);
        expect_golden(run_.name + "/figures/" + figure.name + ".gp", files.script);
        expect_golden(run_.name + "/figures/" + figure.name + ".dat", files.data);
    }
}

INSTANTIATE_TEST_SUITE_P(every_story, Golden,
                         ::testing::Values(&testing::clear_winner, &testing::equivalent,
                                           &testing::errors_at_high_levels, &testing::both_fail_every_request,
                                           &testing::one_fails_every_request, &testing::single_block_ladder,
                                           &testing::looks_under_steal, &testing::work_not_done,
                                           &testing::on_sqlite, &testing::void_trials,
                                           &testing::one_contender, &testing::nothing_measured));
INSTANTIATE_TEST_SUITE_P(opposites, GoldenJson,
                         ::testing::Values(&testing::clear_winner, &testing::both_fail_every_request));
INSTANTIATE_TEST_SUITE_P(shapes, GoldenFigures,
                         ::testing::Values(&testing::clear_winner, &testing::errors_at_high_levels,
                                           &testing::single_block_ladder, &doubtful));

}  // namespace
}  // namespace joust::report
