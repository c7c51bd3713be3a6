#include "cli/render.hpp"

#include <cstdio>

#include "analysis/compare.hpp"
#include "model/benchmark.hpp"
#include "model/environment_json.hpp"
#include "model/trial_json.hpp"
#include "report/report.hpp"

namespace joust::cli {

Result<Rendered> render(const Path& run_directory) {
    model::Diagnostics diagnostics;
    const auto benchmark = model::read_benchmark(run_directory / "benchmark.toml", {}, diagnostics);
    if (!benchmark) return tl::unexpected(diagnostics.error());
    JOUST_TRY(const model::Environment environment, model::read_environment(run_directory));
    JOUST_TRY(const model::StoredTrials stored, model::read_trials(run_directory));
    if (stored.torn)
        fmt::print(stderr, "warning: {} ends within line {}: that trial was lost when joust was killed\n",
                   (run_directory / "trials.jsonl").string(), stored.torn->line_number);
    Rendered rendered{.comparison = analysis::compare(*benchmark, stored.trials),
                      .summary = {},
                      .markdown = run_directory / report::k_markdown_file};
    JOUST_CHECK(
        report::write_report({run_directory, *benchmark, environment, stored.trials, rendered.comparison}));
    rendered.summary = report::summary_text(*benchmark, rendered.comparison);
    return rendered;
}

}  // namespace joust::cli
