#include "report/report.hpp"

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <map>

#include "analysis/compare.hpp"
#include "base/text.hpp"
#include "base/text_width.hpp"
#include "report/figures/figure.hpp"
#include "report/figures/gnuplot.hpp"
#include "report/markdown.hpp"
#include "report/table.hpp"
#include "report/words/findings.hpp"
#include "report/words/recommendations.hpp"
#include "support/rendered.hpp"

namespace joust::report {
namespace {

using ::testing::Contains;
using ::testing::ContainsRegex;
using ::testing::Each;
using ::testing::HasSubstr;
using testing::in_doubt_alone;
using ::testing::Not;
using testing::Rendered;
using testing::ReportCase;

std::string markdown_of(const RunReport& run) {
    return markdown(run, figures(run.benchmark, run.environment, run.comparison));
}

std::vector<std::string> findings_of(const RunReport& run) {
    std::vector<std::string> sentences;
    for (const words::Statement& statement : words::findings(run))
        sentences.push_back(words::plain(words::prose(statement)));
    return sentences;
}

std::vector<std::string> recommendations_of(const RunReport& run) {
    std::vector<std::string> sentences;
    for (const words::Prose& sentence : words::recommendations(run))
        sentences.push_back(words::plain(sentence));
    return sentences;
}

TEST(report, tells_statements_of_a_request_with_the_work_where_they_were_counted) {
    Rendered rendered(testing::clear_winner());
    EXPECT_THAT(markdown_of(rendered.report()), Not(HasSubstr("| statements |")));
    for (model::ContenderFacts& facts : rendered.environment().contenders)
        facts.statements =
            facts.name == "fastapi" ? std::optional(model::StatementCount{10, 150}) : std::nullopt;
    const std::string text = markdown_of(rendered.report());
    EXPECT_THAT(text, HasSubstr("| users | contender | statements | read | written | validity |"));
    EXPECT_THAT(text, HasSubstr("| 4 | fastapi | 15.0 | 7.61 KiB |"));
    EXPECT_THAT(text, HasSubstr("| 4 | django | – | 10.2 KiB |"));
    rendered.environment().contenders.front().statements = model::StatementCount{0, 5};
    EXPECT_THAT(markdown_of(rendered.report()), Not(HasSubstr("inf")));
}

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
    EXPECT_THAT(text, HasSubstr("descriptive ?\n"));
    EXPECT_THAT(text, HasSubstr("? suspect: no steady state (django at 50 users; fastapi at 50 users)\n"));
}

TEST(markdown, advises_to_wait_for_the_first_look) {
    ReportCase run = testing::looks_under_steal();
    std::erase_if(run.trials, [](const model::TrialResult& trial) { return trial.plan.block >= 3; });
    const Rendered rendered(std::move(run));
    const std::string text = markdown_of(rendered.report());
    EXPECT_THAT(text,
                HasSubstr("Let the run come to its first look before choosing between fastapi and django: 15 "
                          "pairs so far decide nothing."));
    EXPECT_THAT(text, HasSubstr("| before the first look |"));
}

TEST(summary_text, says_every_reason_for_doubt) {
    ReportCase run = testing::clear_winner();
    for (model::TrialResult& trial : run.trials) {
        if (trial.plan.level != 50 || trial.plan.entrant != "django") continue;
        trial.warmup.steady = false;
        trial.samples.in_flight_mean *= 2;
    }
    const std::string text = summary_text(run.benchmark, analysis::compare(run.benchmark, run.trials));
    EXPECT_THAT(text, HasSubstr("? suspect: no steady state, littles law (django at 50 users)\n"));
    const Rendered rendered(std::move(run));
    EXPECT_THAT(markdown_of(rendered.report()), HasSubstr("| suspect: no steady state, littles law |"));
}

TEST(summary_text, without_limits_claims_none_and_marks_every_row) {
    ReportCase run = testing::errors_at_high_levels();
    for (model::TrialResult& trial : run.trials)
        trial.party(model::Role::contender)->limits_in_force.reset();
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

TEST(summary_text, decides_nothing_where_one_is_in_doubt_and_shows_the_ratio_of_the_others) {
    const ReportCase run = in_doubt_alone();
    const std::string text = summary_text(run.benchmark, analysis::compare(run.benchmark, run.trials));
    EXPECT_THAT(text, ContainsRegex("all  fastapi +1[.]36 .*  not decided\n"));
    EXPECT_THAT(text, ContainsRegex("sure  fastapi +1[.]3. .*  2 of 9 pairs\n"));
    EXPECT_THAT(text, HasSubstr("is not decided: 7 of 9 pairs are in doubt, and"));
    EXPECT_THAT(text, Not(HasSubstr("faster ?")));
    for (const std::string_view line : split(text, '\n'))
        EXPECT_LE(display_width(line), 100U) << line;
}

TEST(summary_text, has_no_row_of_pairs_without_doubt_where_all_are) {
    const ReportCase run = testing::clear_winner();
    const std::string text = summary_text(run.benchmark, analysis::compare(run.benchmark, run.trials));
    EXPECT_THAT(text, Not(HasSubstr("sure  fastapi")));
}

TEST(recommendations, in_doubt_recommend_no_choice_but_what_to_do) {
    const Rendered rendered(in_doubt_alone());
    const std::vector<std::string> sentences = recommendations_of(rendered.report());
    EXPECT_THAT(sentences, Not(Contains(HasSubstr("serves more"))));
    EXPECT_THAT(sentences, Contains(HasSubstr(
                               "Do not choose between fastapi and django by this run: 7 of 9 pairs are in "
                               "doubt, and the doubt is on one of the two (ratio 1.36, 95 % interval ")));
    EXPECT_THAT(sentences, Contains(HasSubstr("a longer warm-up")));
    EXPECT_THAT(sentences, Contains(HasSubstr("more blocks")));
    EXPECT_THAT(findings_of(rendered.report()), Contains(HasSubstr("fastapi against django: not decided. ")));
    EXPECT_THAT(findings_of(rendered.report()), Not(Contains(HasSubstr("higher goodput"))));
    EXPECT_THAT(markdown_of(rendered.report()),
                ContainsRegex("goodput, fastapi ÷ django [|] 1[.]36 .* [|] 9 [|] "
                              "1[.]3. [|] 2 [|] not decided [|]"));
}

TEST(recommendations, on_a_busy_host_ask_for_a_quiet_one) {
    ReportCase run = testing::clear_winner();
    for (model::TrialResult& trial : run.trials)
        trial.samples.conduct.steal_share = trial.plan.entrant == "fastapi" ? 0.1 : 0.0;
    const Rendered rendered(std::move(run));
    EXPECT_THAT(recommendations_of(rendered.report()), Contains(HasSubstr("a quiet host")));
}

TEST(markdown, marks_latencies_as_lower_bounds_where_littles_law_fails) {
    ReportCase run = testing::clear_winner();
    for (model::TrialResult& trial : run.trials)
        if (trial.plan.level == 200 && trial.plan.entrant == "fastapi") trial.samples.in_flight_mean *= 2;
    const Rendered rendered(std::move(run));
    const RunReport report = rendered.report();
    EXPECT_THAT(markdown_of(report),
                ContainsRegex("200 [|] fastapi [|] ≥ [^|]*[|] ≥ [^|]*[|] ≥ [^|]*[|] ≥ [^|]*"
                              "[|] ≥ [^|]*[|] ≥ [^|]*[|] suspect: littles law"));
    EXPECT_THAT(markdown_of(report), HasSubstr("over the requests that were due in the window"));
    EXPECT_THAT(summary_text(report.benchmark, report.comparison), ContainsRegex("200  fastapi .*  ≥ "));
    EXPECT_THAT(findings_of(report),
                Contains(HasSubstr("3 of 9 pairs are left out: Little's law fails in 3")));
    const Figure latency = figures(report.benchmark, report.environment, report.comparison)[2];
    EXPECT_TRUE(latency.series[0].points[2].at_least);
    EXPECT_FALSE(latency.series[1].points[2].at_least) << latency.series[1].label;
}

TEST(findings, tell_how_much_a_contender_scatters_by_itself) {
    const Rendered repeats(testing::clear_winner());
    EXPECT_THAT(findings_of(repeats.report()),
                Contains(ContainsRegex("Scatter within a contender.*from repeat to repeat")));
    const Rendered ladder(testing::single_block_ladder());
    EXPECT_THAT(
        findings_of(ladder.report()),
        Contains(ContainsRegex("Scatter within a contender.*from one level to the next.*django .* %")));
}

TEST(findings, claim_nothing_of_a_cpu_that_others_may_have_used) {
    ReportCase run = testing::clear_winner();
    for (model::TrialResult& trial : run.trials)
        trial.party(model::Role::contender)->usage.cpu = {Nanoseconds{2'400'000'000},
                                                          Nanoseconds{0}};  // of a window of 5 s
    const Rendered rendered(std::move(run));
    EXPECT_THAT(findings_of(rendered.report()),
                Contains(HasSubstr("fastapi used 0.48 of 1 CPU and its database")));
    EXPECT_THAT(findings_of(rendered.report()), Not(Contains(HasSubstr("used up"))));
}

TEST(markdown, shows_what_sets_an_entrant_apart_from_its_contender) {
    ReportCase run = testing::clear_winner();
    EXPECT_THAT(markdown_of(Rendered(run).report()), Not(HasSubstr("environment of its own")));
    run.benchmark.entrants.front().contender = "starlette";
    run.benchmark.entrants.front().variant.settings = {{"POOL", "40"}, {"API_KEY", "hunter2"}};
    const Rendered rendered(run);
    const std::string text = markdown_of(rendered.report());
    EXPECT_THAT(text, HasSubstr("| contender | starlette | django |"));
    EXPECT_THAT(text, ContainsRegex(R"(\| environment of its own \| API.*KEY = .*, POOL = 40 \| none \|)"));
    EXPECT_THAT(text, Not(HasSubstr("hunter2")));
}

TEST(markdown, shows_the_audit_where_there_is_no_log) {
    ReportCase run = testing::clear_winner();
    for (model::TrialResult& trial : run.trials)
        trial.audit = model::Audit{.table = "users", .rows_left = 5, .right = 100};
    const Rendered rendered(run);
    const std::string text = markdown_of(rendered.report());
    EXPECT_THAT(text,
                HasSubstr("| users | contender | `users` left as declared | not so | effects | validity |"));
    EXPECT_THAT(text, HasSubstr("|  | *contract* | 5 rows each | none |  |"));
    EXPECT_THAT(text, HasSubstr("| 50 | django | all of 300 | none | open | valid |"));
}

TEST(markdown, links_logs_only_where_there_are_some) {
    const Rendered rendered(testing::clear_winner());
    EXPECT_THAT(markdown_of(rendered.report()), Not(HasSubstr("(logs)")));
    ASSERT_TRUE(make_directories(rendered.report().directory / "logs"));
    EXPECT_THAT(markdown_of(rendered.report()), HasSubstr("[logs/](logs)"));
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
        EXPECT_THAT(findings_of(rendered.report()), Each(ContainsRegex("[0-9]")));
        EXPECT_THAT(recommendations_of(rendered.report()), Each(ContainsRegex("[0-9]")));
    }
}

TEST(findings, of_two_contenders_that_fail_recommend_neither) {
    const Rendered rendered(testing::both_fail_every_request());
    EXPECT_THAT(recommendations_of(rendered.report()),
                Contains(HasSubstr("Do not choose between fastapi and django")));
    EXPECT_THAT(recommendations_of(rendered.report()), Not(Contains(HasSubstr("serves more"))));
    EXPECT_THAT(findings_of(rendered.report()), Not(Contains(HasSubstr("higher goodput"))));
}

TEST(findings, crown_nobody_where_one_answers_nothing_rightly) {
    const Rendered rendered(testing::one_fails_every_request());
    EXPECT_THAT(findings_of(rendered.report()), Not(Contains(HasSubstr("higher goodput"))));
    EXPECT_THAT(recommendations_of(rendered.report()), Not(Contains(HasSubstr("serves more"))));
    for (const model::PairedRatio& ratio : rendered.report().comparison.ratios)
        EXPECT_EQ(ratio.verdict, model::Verdict::invalid)
            << ratio.entrant << " at " << ratio.level.value_or(0);
}

// Windows too short for a slow service: none of its answers was wrong.
ReportCase few_operations() {
    ReportCase run = testing::clear_winner();
    for (model::TrialResult& trial : run.trials)
        if (trial.plan.entrant == "fastapi")
            trial.samples.completed_in_window = static_cast<std::uint64_t>(trial.plan.level) / 4;
    return run;
}

TEST(recommendations, of_an_invalid_run_without_errors_speak_of_what_there_was) {
    const Rendered rendered(few_operations());
    const std::vector<std::string> sentences = recommendations_of(rendered.report());
    EXPECT_THAT(sentences, Contains(HasSubstr("(fastapi few operations; django valid). Too few verified "
                                              "operations fit into a window of 5 s: lengthen it")));
    EXPECT_THAT(sentences, Not(Contains(HasSubstr("0 % errors"))));
    EXPECT_THAT(sentences, Not(Contains(HasSubstr("error table"))));
}

TEST(findings, name_a_database_that_refused_connections_with_its_setting) {
    ReportCase run = testing::errors_at_high_levels();
    for (model::TrialResult& trial : run.trials)
        if (trial.plan.level == 200 && trial.plan.entrant == "django")
            trial.incidents = {
                {model::IncidentKind::database_connections, "PostgreSQL refused 12 connections"}};
    const Rendered rendered(std::move(run));
    EXPECT_THAT(findings_of(rendered.report()),
                Contains(HasSubstr("django at 200 users, block 1 and 2 more times: PostgreSQL refused 12")));
    EXPECT_THAT(recommendations_of(rendered.report()),
                Contains(HasSubstr("Raise max_connections of the database (500")));
}

TEST(findings, on_sqlite_speak_of_one_cpu_allowance) {
    ReportCase run = testing::clear_winner();
    run.benchmark.database.engine = model::DatabaseEngine::sqlite;
    for (model::TrialResult& trial : run.trials) {
        trial.party(model::Role::database)->usage = {};
        trial.party(model::Role::contender)->usage.cpu = {Nanoseconds{1'000'000'000},
                                                          Nanoseconds{0}};  // of a window of 5 s
    }
    Rendered rendered(std::move(run));
    rendered.environment().database.engine = model::DatabaseEngine::sqlite;
    const std::vector<std::string> sentences = findings_of(rendered.report());
    EXPECT_THAT(sentences, Contains(HasSubstr("used 0.20 of 1 CPU; django used 0.20 of 1 CPU.")));
    EXPECT_THAT(sentences, Not(Contains(HasSubstr("used up"))));
}

TEST(findings, say_when_a_ladder_measured_one_number) {
    const Rendered rendered(testing::single_block_ladder());
    EXPECT_THAT(findings_of(rendered.report()),
                Contains(HasSubstr("django: 20 levels measured one saturated number")));
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
    const std::string text = markdown_of(rendered.report());
    EXPECT_THAT(text, HasSubstr("`body`, status 200: `within`"));
    EXPECT_THAT(text, Not(HasSubstr("in the warm-up")));
    EXPECT_THAT(text, Not(HasSubstr("afterwards")));
    EXPECT_THAT(text,
                HasSubstr("`status_5xx`, status 500, 1.50 s after the window, not counted above: `late`"));
}

TEST(markdown, says_of_which_cell_a_rule_could_not_be_evaluated) {
    ReportCase run = testing::clear_winner();
    for (model::TrialResult& trial : run.trials)
        if (trial.plan.level == 4 && trial.plan.entrant == "django") trial.samples.in_flight_mean = 0;
    const Rendered rendered(std::move(run));
    const std::string text = markdown_of(rendered.report());
    EXPECT_THAT(text,
                HasSubstr("- `littles_law` (django at 4 users): requests in flight were not recorded\n"));
    EXPECT_THAT(text, HasSubstr("- `effects`: answers were checked"));
}

TEST(report, marks_a_run_without_limits) {
    ReportCase run = testing::clear_winner();
    for (model::TrialResult& trial : run.trials)
        trial.party(model::Role::contender)->limits_in_force.reset();
    Rendered rendered(std::move(run));
    rendered.environment().limits = model::LimitsBy::off;
    ASSERT_TRUE(write_report(rendered.report()));
    const auto files = rendered.files();
    const std::string& text = files.at(k_markdown_file);
    EXPECT_THAT(text, HasSubstr("Limits were off in 18 of 18 trials"));
    EXPECT_THAT(text, HasSubstr("suspect: limits off"));
    EXPECT_THAT(files.at("figures/throughput_vs_concurrency.gp"), HasSubstr("limits off"));
}

}  // namespace
}  // namespace joust::report
