#include "cli/render.hpp"

#include <cstdio>

#include "analysis/compare.hpp"
#include "host/user.hpp"
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

Status give_to_their_owner(const Path& run_directory) {
    std::error_code error;
    const Path run = std::filesystem::canonical(run_directory, error);
    if (error) return fail(ErrorKind::io, "cannot find {}: {}", run_directory.string(), error.message());
    const Path results = run.parent_path();
    JOUST_CHECK(host::give_to_owner_of(results, run));
    const Path latest = results / "latest";
    return std::filesystem::is_symlink(latest) ? host::give_to_owner_of(results, latest) : Status{};
}

}  // namespace joust::cli
