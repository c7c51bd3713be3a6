#include "report/report.hpp"

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <map>

#include "analysis/compare.hpp"
#include "base/text.hpp"
#include "report/figure.hpp"
#include "report/findings.hpp"
#include "report/gnuplot.hpp"
#include "report/markdown.hpp"
#include "report/recommendations.hpp"
#include "report/table.hpp"
#include "support/report_cases.hpp"

namespace joust::report {
namespace {

using ::testing::Contains;
using ::testing::ContainsRegex;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::ReportCase;

// A run whose files go to a directory of its own.
class Rendered {
public:
    explicit Rendered(ReportCase run)
        : run_(std::move(run)),
          environment_(testing::synthetic_environment(run_.benchmark)),
          comparison_(analysis::compare(run_.benchmark, run_.trials)) {
        remove_those_of_killed_tests();
        std::string pattern =
            (std::filesystem::temp_directory_path() / fmt::format("{}{}-XXXXXX", k_prefix, ::getpid()))
                .string();
        directory_ = ::mkdtemp(pattern.data());
    }
    ~Rendered() { std::filesystem::remove_all(directory_); }
    Rendered(const Rendered&) = delete;
    Rendered& operator=(const Rendered&) = delete;

    [[nodiscard]] RunReport report() const {
        return {directory_, run_.benchmark, environment_, run_.trials, comparison_};
    }
    [[nodiscard]] std::map<std::string, std::string> files() const {
        std::map<std::string, std::string> files;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(directory_))
            if (entry.is_regular_file())
                files[std::filesystem::relative(entry.path(), directory_)] = *read_file(entry.path());
        return files;
    }
    model::Environment& environment() { return environment_; }

private:
    static constexpr std::string_view k_prefix = "joust-report-";

    static void remove_those_of_killed_tests() {
        for (const auto& entry :
             std::filesystem::directory_iterator(std::filesystem::temp_directory_path())) {
            const std::string name = entry.path().filename();
            if (!name.starts_with(k_prefix)) continue;
            const std::string process(split(name.substr(k_prefix.size()), '-').front());
            if (process.find_first_not_of("0123456789") != std::string::npos) continue;
            if (!std::filesystem::exists("/proc/" + process)) std::filesystem::remove_all(entry.path());
        }
    }

    ReportCase run_;
    model::Environment environment_;
    model::Comparison comparison_;
    Path directory_;
};

TEST(write_report, makes_every_file_and_the_same_bytes_when_called_twice) {
    const Rendered rendered(testing::clear_winner());
    const Status status = write_report(rendered.report());
    ASSERT_TRUE(status) << status.error().message;
    const auto files = rendered.files();
    for (const char* name : {"throughput", "error_rate", "latency", "cpu", "memory"}) {
        const std::string stem = std::string(name) + "_vs_concurrency";
        ASSERT_TRUE(files.contains(stem + ".png")) << stem;
        EXPECT_EQ(files.at(stem + ".png").substr(1, 3), "PNG");
        EXPECT_GT(files.at(stem + ".png").size(), 20'000U);
        EXPECT_TRUE(files.contains("figures/" + stem + ".gp"));
        EXPECT_TRUE(files.contains("figures/" + stem + ".dat"));
        EXPECT_THAT(files.at(k_markdown_file), HasSubstr("](" + stem + ".png)"));
    }
    EXPECT_EQ(files.size(), 17U);
    ASSERT_TRUE(write_report(rendered.report()));
    EXPECT_EQ(rendered.files(), files);
}

TEST(write_report, of_every_story_links_only_pictures_that_are_there) {
    for (ReportCase& run : testing::report_cases()) {
        const std::string name = run.name;
        const Rendered rendered(std::move(run));
        const Status status = write_report(rendered.report());
        ASSERT_TRUE(status) << name << ": " << status.error().message;
        const auto files = rendered.files();
        const std::string& text = files.at(k_markdown_file);
        for (std::size_t at = text.find("!["); at != std::string::npos; at = text.find("![", at + 1)) {
            const std::size_t begin = text.find("](", at) + 2;
            EXPECT_TRUE(files.contains(text.substr(begin, text.find(')', begin) - begin)))
                << name << text.substr(at, 90);
        }
    }
}

TEST(write_report, without_gnuplot_says_how_to_get_it_and_keeps_the_rest) {
    const Rendered rendered(testing::clear_winner());
    const std::string path = std::getenv("PATH");
    ::setenv("PATH", "/nonexistent", 1);
    const Status status = write_report(rendered.report());
    ::setenv("PATH", path.c_str(), 1);
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().kind, ErrorKind::unsupported);
    EXPECT_THAT(status.error().message, HasSubstr("apt-get install gnuplot-nox"));
    EXPECT_TRUE(rendered.files().contains(k_markdown_file));
    EXPECT_TRUE(rendered.files().contains(k_results_file));
}

TEST(summary_text, fits_a_hundred_columns) {
    for (const ReportCase& run : testing::report_cases()) {
        const std::string text = summary_text(run.benchmark, analysis::compare(run.benchmark, run.trials));
        for (const std::string_view line : split(text, '\n'))
            EXPECT_LE(display_width(line), 100U) << run.name << ": " << line;
    }
}

TEST(summary_text, marks_suspect_cells_and_says_why_below) {
    ReportCase run = testing::clear_winner();
    for (model::TrialResult& trial : run.trials)
        if (trial.plan.level == 50) trial.warmup.steady = false;
    const std::string text = summary_text(run.benchmark, analysis::compare(run.benchmark, run.trials));
    EXPECT_THAT(text, HasSubstr("faster ?\n"));
    EXPECT_THAT(text, HasSubstr("? suspect: no steady state (django at 50 users; fastapi at 50 users)\n"));
}

TEST(summary_text, says_every_reason_for_doubt) {
    ReportCase run = testing::clear_winner();
    for (model::TrialResult& trial : run.trials) {
        if (trial.plan.level != 50 || trial.plan.contender != "django") continue;
        trial.warmup.steady = false;
        trial.samples.in_flight_mean *= 2;
    }
    const std::string text = summary_text(run.benchmark, analysis::compare(run.benchmark, run.trials));
    EXPECT_THAT(text, HasSubstr("? suspect: no steady state, littles law (django at 50 users)\n"));
    const Rendered rendered(std::move(run));
    EXPECT_THAT(markdown(rendered.report()), HasSubstr("| suspect: no steady state, littles law |"));
}

TEST(summary_text, without_limits_claims_none_and_marks_every_row) {
    ReportCase run = testing::errors_at_high_levels();
    for (model::TrialResult& trial : run.trials)
        trial.contender_limits.reset();
    const std::string text = summary_text(run.benchmark, analysis::compare(run.benchmark, run.trials));
    EXPECT_THAT(text, HasSubstr("I/O-intensive · limits off · PostgreSQL · 3 blocks"));
    EXPECT_THAT(text, Not(HasSubstr("2 GiB each")));
    EXPECT_THAT(text, HasSubstr("baseline, limits off ?\n"));
    EXPECT_THAT(text, HasSubstr("invalid: 34 % errors, limits off\n"));
    EXPECT_THAT(text, HasSubstr("not ranked: django invalid, limits off ?\n"));
    for (const std::string_view line : split(text, '\n'))
        EXPECT_LE(display_width(line), 100U) << line;
}

TEST(summary_text, says_invalid_in_place_of_a_rank) {
    const ReportCase run = testing::errors_at_high_levels();
    const std::string text = summary_text(run.benchmark, analysis::compare(run.benchmark, run.trials));
    EXPECT_THAT(text, HasSubstr("invalid: 34 % errors"));
    EXPECT_THAT(text, HasSubstr("not ranked: django invalid"));
    EXPECT_THAT(text, HasSubstr("No winner."));
}

TEST(summary_text, lets_the_caller_paint_verdicts) {
    const ReportCase run = testing::clear_winner();
    const std::string text = summary_text(run.benchmark, analysis::compare(run.benchmark, run.trials),
                                          [](model::Verdict verdict, std::string_view words) {
                                              return fmt::format("<{}>{}</>", name(verdict), words);
                                          });
    EXPECT_THAT(text, HasSubstr("  <faster>faster</>\n"));
    EXPECT_THAT(text, Not(HasSubstr("<faster>baseline")));
}

TEST(wrapped, breaks_at_blanks_and_counts_characters_rather_than_bytes) {
    EXPECT_EQ(wrapped("µµµ µµµ µµµ", 7), "µµµ µµµ\nµµµ");
    EXPECT_EQ(wrapped("one two three", 9, "  "), "one two\n  three");
    EXPECT_EQ(wrapped("unbreakable", 3), "unbreakable");
}

TEST(table, aligns_by_character_and_escapes_for_markdown) {
    const Table table{{{"a"}, {"b", Align::left}}, {{"1", "µs"}, {"100", "x|y"}}};
    EXPECT_EQ(table.plain(), "  a  b\n  1  µs\n100  x|y\n");
    EXPECT_EQ(table.markdown(), "| a | b |\n| ---: | :--- |\n| 1 | µs |\n| 100 | x\\|y |\n");
}

TEST(findings, and_recommendations_cite_a_number_each) {
    for (ReportCase& run : testing::report_cases()) {
        const Rendered rendered(std::move(run));
        EXPECT_THAT(findings(rendered.report()), Each(ContainsRegex("[0-9]")));
        EXPECT_THAT(recommendations(rendered.report()), Each(ContainsRegex("[0-9]")));
    }
}

TEST(findings, of_two_contenders_that_fail_recommend_neither) {
    const Rendered rendered(testing::both_fail_every_request());
    EXPECT_THAT(recommendations(rendered.report()),
                Contains(HasSubstr("Do not choose between fastapi and django")));
    EXPECT_THAT(recommendations(rendered.report()), Not(Contains(HasSubstr("serves more"))));
    EXPECT_THAT(findings(rendered.report()), Not(Contains(HasSubstr("higher goodput"))));
}

// Windows too short for a slow service: none of its answers was wrong.
ReportCase few_operations() {
    ReportCase run = testing::clear_winner();
    for (model::TrialResult& trial : run.trials)
        if (trial.plan.contender == "fastapi")
            trial.samples.completed_in_window = static_cast<std::uint64_t>(trial.plan.level) / 4;
    return run;
}

TEST(recommendations, of_an_invalid_run_without_errors_speak_of_what_there_was) {
    const Rendered rendered(few_operations());
    const std::vector<std::string> sentences = recommendations(rendered.report());
    EXPECT_THAT(sentences, Contains(HasSubstr("(fastapi few operations; django valid). Too few verified "
                                              "operations fit into a window of 5 s: lengthen it")));
    EXPECT_THAT(sentences, Not(Contains(HasSubstr("0 % errors"))));
    EXPECT_THAT(sentences, Not(Contains(HasSubstr("error table"))));
}

TEST(findings, name_a_database_that_refused_connections_with_its_setting) {
    ReportCase run = testing::errors_at_high_levels();
    for (model::TrialResult& trial : run.trials)
        if (trial.plan.level == 200 && trial.plan.contender == "django")
            trial.incidents = {
                {model::IncidentKind::database_connections, "PostgreSQL refused 12 connections"}};
    const Rendered rendered(std::move(run));
    EXPECT_THAT(
        findings(rendered.report()),
        Contains(HasSubstr("django at 200 users, block 1 and 2 more times:** PostgreSQL refused 12")));
    EXPECT_THAT(recommendations(rendered.report()),
                Contains(HasSubstr("Raise max_connections of the database (500")));
}

TEST(findings, on_sqlite_speak_of_one_cpu_allowance_and_of_one_writer) {
    ReportCase run = testing::clear_winner();
    run.benchmark.database.engine = model::DatabaseEngine::sqlite;
    for (model::TrialResult& trial : run.trials) {
        trial.database = {};
        trial.contender.cpu = {Nanoseconds{1'000'000'000}, Nanoseconds{0}};  // of a window of 5 s
    }
    Rendered rendered(std::move(run));
    rendered.environment().database.engine = "sqlite";
    for (model::ContenderFacts& facts : rendered.environment().contenders)
        facts.stack.db_connections = facts.name == "django" ? 4 : 1;
    const std::vector<std::string> sentences = findings(rendered.report());
    EXPECT_THAT(sentences, Contains(HasSubstr("used 0.20 of 1 CPU: it is not used up")));
    EXPECT_THAT(sentences, Not(Contains(HasSubstr("neither"))));
    EXPECT_THAT(sentences, Contains(HasSubstr("fastapi opens up to 1 database connection, django opens up to "
                                              "4 database connections: more requests of one")));
    EXPECT_THAT(sentences, Not(Contains(HasSubstr("the database can work"))));
}

TEST(findings, say_when_a_ladder_measured_one_number) {
    const Rendered rendered(testing::single_block_ladder());
    EXPECT_THAT(findings(rendered.report()),
                Contains(HasSubstr("django: 20 levels measured one saturated number")));
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
        EXPECT_THAT(script, HasSubstr("1:6 with points pointtype 6 ")) << figure.name;  // fastapi, circle
        EXPECT_THAT(script, HasSubstr("1:6 with points pointtype 4 ")) << figure.name;  // django, square
    }
}

TEST(gnuplot_files, of_a_suspect_lower_bound_show_both_marks) {
    Figure figure{.name = "latency", .title = "Latency", .series = {{.label = "a p99"}}};
    figure.series[0].points = {{.x = 1, .y = 2, .mark = Mark::suspect, .at_least = true},
                               {.x = 2, .y = 3, .mark = Mark::invalid, .at_least = true}};
    const GnuplotFiles files = gnuplot_files(figure);
    EXPECT_THAT(files.data, HasSubstr("\n1 2 NaN NaN NaN 2 NaN 2\n2 3 NaN NaN NaN NaN 3 NaN\n"));
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

TEST(markdown, shows_a_wrong_answer_that_was_counted_or_says_that_it_was_not) {
    using model::RequestErrorKind;
    ReportCase run = testing::clear_winner();
    for (model::TrialResult& trial : run.trials)
        trial.samples.examples.clear();
    model::Samples& first = run.trials[0].samples;
    first.errors[RequestErrorKind::body] = 3;
    first.examples = {{RequestErrorKind::body, 200, "in the warm-up", std::chrono::seconds(-2)},
                      {RequestErrorKind::body, 200, "afterwards", std::chrono::seconds(6)},
                      {RequestErrorKind::body, 200, "within", std::chrono::seconds(1)},
                      {RequestErrorKind::status_5xx, 500, "late", std::chrono::milliseconds(6500)}};
    const Rendered rendered(std::move(run));
    const std::string text = markdown(rendered.report());
    EXPECT_THAT(text, HasSubstr("`body`, status 200: `within`"));
    EXPECT_THAT(text, Not(HasSubstr("in the warm-up")));
    EXPECT_THAT(text, Not(HasSubstr("afterwards")));
    EXPECT_THAT(text,
                HasSubstr("`status_5xx`, status 500, 1.50 s after the window, not counted above: `late`"));
}

TEST(markdown, says_of_which_cell_a_rule_could_not_be_evaluated) {
    ReportCase run = testing::clear_winner();
    for (model::TrialResult& trial : run.trials)
        if (trial.plan.level == 4 && trial.plan.contender == "django") trial.samples.in_flight_mean = 0;
    const Rendered rendered(std::move(run));
    const std::string text = markdown(rendered.report());
    EXPECT_THAT(text,
                HasSubstr("- `littles_law` (django at 4 users): requests in flight were not recorded\n"));
    EXPECT_THAT(text, HasSubstr("- `effects`: answers were checked"));
}

TEST(report, marks_a_run_without_limits) {
    ReportCase run = testing::clear_winner();
    for (model::TrialResult& trial : run.trials)
        trial.contender_limits.reset();
    Rendered rendered(std::move(run));
    rendered.environment().limits = "off";
    ASSERT_TRUE(write_report(rendered.report()));
    const auto files = rendered.files();
    const std::string& text = files.at(k_markdown_file);
    EXPECT_THAT(text, HasSubstr("Limits were off in 18 of 18 trials"));
    EXPECT_THAT(text, HasSubstr("suspect: limits off"));
    EXPECT_THAT(files.at("figures/throughput_vs_concurrency.gp"), HasSubstr("limits off"));
}

}  // namespace
}  // namespace joust::report
