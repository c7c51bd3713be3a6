#include "cli/render.hpp"

#include <nlohmann/json.hpp>

#include "analysis/compare.hpp"
#include "cli/installation.hpp"
#include "cli/output.hpp"
#include "host/user.hpp"
#include "model/benchmark.hpp"
#include "model/environment_json.hpp"
#include "model/trial_json.hpp"
#include "report/report.hpp"

namespace joust::cli {
namespace {

Status looks_like_a_run(const Path& directory) {
    std::error_code error;
    for (const char* file : {"benchmark.toml", "trials.jsonl"})
        if (!std::filesystem::exists(directory / file, error))
            return fail(ErrorKind::bad_input,
                        "{} is no run's directory: it has no {}; write for example results/latest",
                        directory.string(), file);
    // The environment is written when the set-up is done.
    if (!std::filesystem::exists(directory / "environment.json", error) &&
        std::filesystem::file_size(directory / "trials.jsonl", error) == 0)
        return fail(
            ErrorKind::bad_input,
            "{}: the run ended before its first trial: there is nothing to report; its logs/ tell why",
            directory.string());
    return {};
}

// Keys come and go between versions: where a file cannot be read, the version that wrote it is what helps.
Error with_its_writer(Error error, const Path& run_directory) {
    if (error.kind != ErrorKind::bad_input) return error;
    const std::string text = read_file(run_directory / "environment.json").value_or("");
    const auto json = nlohmann::json::parse(text, nullptr, false);
    const auto named = [&](const char* key) {
        return json.is_object() && json.contains(key) && json[key].is_string() ? json[key].get<std::string>()
                                                                               : std::string();
    };
    const std::string commit = named("git_commit");
    const auto installation = find_installation();
    if (commit.empty() || (installation && about(*installation, {}).git_commit == commit)) return error;
    error.message += fmt::format(
        "\nThe run was written by another version of joust: environment.json names joust {} of commit {}; "
        "`joust report` of that commit reads it",
        named("joust_version"), commit);
    return error;
}

}  // namespace

Result<Rendered> render(const Path& run_directory) {
    JOUST_CHECK(looks_like_a_run(run_directory));
    model::Diagnostics diagnostics;
    const auto benchmark = model::read_benchmark(run_directory / "benchmark.toml", {}, diagnostics);
    if (!benchmark) return tl::unexpected(with_its_writer(diagnostics.error(), run_directory));
    const auto environment = model::read_environment(run_directory);
    if (!environment) return tl::unexpected(with_its_writer(environment.error(), run_directory));
    const auto stored = model::read_trials(run_directory);
    if (!stored) return tl::unexpected(with_its_writer(stored.error(), run_directory));
    if (stored->torn)
        tell("warning: {} ends within line {}: that trial was lost when joust was killed\n",
             (run_directory / "trials.jsonl").string(), stored->torn->line_number);
    Rendered rendered{.comparison = analysis::compare(*benchmark, stored->trials),
                      .summary = {},
                      .markdown = run_directory / report::k_markdown_file,
                      .written = {}};
    rendered.written =
        report::write_report({run_directory, *benchmark, *environment, stored->trials, rendered.comparison});
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
