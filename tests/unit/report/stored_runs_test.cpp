// Runs that were stored by earlier versions read, and give the numbers that they gave then.
#include <gtest/gtest.h>

#include <set>

#include <nlohmann/json.hpp>

#include "analysis/compare.hpp"
#include "files/benchmark_toml.hpp"
#include "files/diagnostics.hpp"
#include "files/environment_json.hpp"
#include "files/trial_json.hpp"
#include "report/figures/figure.hpp"
#include "report/figures/gnuplot.hpp"
#include "report/markdown.hpp"
#include "report/results_json.hpp"

namespace joust::report {
namespace {

// A run directory as it was found, with what is made of it now.
class StoredRun {
public:
    explicit StoredRun(const std::string& directory)
        : directory_(Path(JOUST_SOURCE_DIR) / directory),
          benchmark_(read(directory_)),
          environment_(files::read_environment(directory_).value()),
          trials_(files::read_trials(directory_).value().trials),
          comparison_(analysis::compare(benchmark_, trials_, &environment_)) {}

    [[nodiscard]] RunReport report() const {
        return {directory_, benchmark_, environment_, trials_, comparison_};
    }
    [[nodiscard]] std::vector<Figure> drawn() const { return figures(benchmark_, environment_, comparison_); }
    [[nodiscard]] std::string stored(const std::string& name) const {
        return read_file(directory_ / name).value();
    }

private:
    static model::Benchmark read(const Path& directory) {
        files::Diagnostics diagnostics;
        return files::read_benchmark(directory / "benchmark.toml", {}, diagnostics).value();
    }

    Path directory_;
    model::Benchmark benchmark_;
    model::Environment environment_;
    std::vector<model::TrialResult> trials_;
    model::Comparison comparison_;
};

TEST(stored_run, of_the_documents_renders_to_the_files_that_are_beside_it) {
    const StoredRun run("docs/examples/seed-ladder");
    EXPECT_EQ(results_json(run.report()), run.stored(k_results_file));
    EXPECT_EQ(markdown(run.report(), run.drawn()), run.stored(k_markdown_file));
    for (const Figure& figure : run.drawn()) {
        const GnuplotFiles files = gnuplot_files(figure);
        EXPECT_EQ(files.script, run.stored("figures/" + figure.name + ".gp")) << figure.name;
        EXPECT_EQ(files.data, run.stored("figures/" + figure.name + ".dat")) << figure.name;
    }
}

// What says how far a run can be believed, which later versions judge by other rules (docs/results.md).
const std::set<std::string> k_judged_anew{
    "schema_version",  "reasons",         "warnings",      "headline",    "why",
    "verdict",         "mostly_suspect",  "not_evaluated", "valid_pairs", "valid_ratio",
    "valid_ratio_low", "valid_ratio_high"};

// Every key that `then` has is there with the same value; keys that came later are not looked at.
void expect_in(const nlohmann::json& then, const nlohmann::json& now, const std::string& path) {
    if (then.is_object()) {
        for (const auto& [key, value] : then.items()) {
            if (k_judged_anew.contains(key)) continue;
            ASSERT_TRUE(now.contains(key)) << path << "." << key;
            expect_in(value, now[key], path + "." + key);
        }
    } else if (then.is_array()) {
        ASSERT_EQ(then.size(), now.size()) << path;
        for (std::size_t i = 0; i < then.size(); ++i)
            expect_in(then[i], now[i], fmt::format("{}[{}]", path, i));
    } else {
        EXPECT_EQ(then, now) << path;
    }
}

TEST(stored_run, of_the_first_schema_gives_the_numbers_of_the_version_that_wrote_it) {
    const StoredRun run("tests/support/runs/schema_1");
    const auto then = nlohmann::json::parse(run.stored(k_results_file));
    auto now = nlohmann::json::parse(results_json(run.report()));
    auto comparisons = nlohmann::json::array();  // then, the median was not compared
    for (const auto& comparison : now["comparisons"])
        if (comparison["quantity"] != "response_time_p50") comparisons.push_back(comparison);
    now["comparisons"] = comparisons;
    ASSERT_EQ(then["results"].size(), 4U);
    expect_in(then, now, "");
    EXPECT_TRUE(now["results"][0]["database_storage_written_bytes_per_operation"].is_null());
}

}  // namespace
}  // namespace joust::report
