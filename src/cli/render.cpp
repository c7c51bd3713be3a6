#include "cli/render.hpp"

#include <nlohmann/json.hpp>

#include "analysis/compare.hpp"
#include "base/directory.hpp"
#include "base/text.hpp"
#include "cli/checkout.hpp"
#include "cli/installation.hpp"
#include "files/benchmark_toml.hpp"
#include "files/diagnostics.hpp"
#include "files/environment_json.hpp"
#include "files/json_text.hpp"
#include "files/toml_bounds.hpp"
#include "files/trial_json.hpp"
#include "model/benchmark.hpp"
#include "report/report.hpp"
#include "terminal/standard_streams.hpp"

namespace joust::cli {
namespace {

constexpr const char* k_benchmark_file = "benchmark.toml";
constexpr std::size_t k_most_environment_bytes = std::size_t{16} << 20U;

Status looks_like_a_run(const Directory& run) {
    for (const char* file : {k_benchmark_file, files::k_trials_file})
        if (!run.has(file))
            return fail(ErrorKind::bad_input,
                        "{} is no run's directory: it has no {}; write for example results/latest",
                        run.path().string(), file);
    // The environment is written when the set-up is done.
    if (!run.has(files::k_environment_file) && run.read(files::k_trials_file, 0))
        return fail(
            ErrorKind::bad_input,
            "{}: the run ended before its first trial: there is nothing to report; its logs/ tell why",
            run.path().string());
    return {};
}

// Keys come and go between versions: where a file cannot be read, the version that wrote it is what helps.
Error with_its_writer(Error error, const Directory& run) {
    if (error.kind != ErrorKind::bad_input) return error;
    const auto text = run.read(files::k_environment_file, k_most_environment_bytes);
    const auto json = text ? files::parse_json_object(*text) : tl::unexpected(text.error());
    const auto named = [&](const char* key) {
        return json && json->contains(key) && (*json)[key].is_string() ? (*json)[key].get<std::string>()
                                                                       : std::string();
    };
    const std::string commit = named("git_commit");
    const auto installation = find_installation();
    if (commit.empty() || !files::is_commit(commit)) return error;
    if (installation && git_commit(installation->root) == commit) return error;
    error.message += fmt::format(
        "\nThe run was written by another version of joust: environment.json names joust {} of commit {}; "
        "`joust report` of that commit reads it (only where you know who made the run: older versions are "
        "less "
        "careful)",
        named("joust_version"), commit);
    return error;
}

std::optional<model::Benchmark> read_benchmark(const Directory& run, files::Diagnostics& diagnostics) {
    const Path file = run.path() / k_benchmark_file;
    const auto text = run.read(k_benchmark_file, files::k_most_toml_bytes);
    if (text) return files::parse_benchmark(*text, file.string(), diagnostics);
    diagnostics.add({file.string(), 1, 1, text.error().message});
    return std::nullopt;
}

}  // namespace

Result<Rendered> render(const Path& run_directory) {
    if (std::error_code error; !std::filesystem::is_directory(run_directory, error))
        return fail(ErrorKind::bad_input, "{} is no directory; write for example results/latest",
                    run_directory.string());
    JOUST_TRY(const Directory run, Directory::open(run_directory));
    JOUST_CHECK(looks_like_a_run(run));
    files::Diagnostics diagnostics;
    const auto benchmark = read_benchmark(run, diagnostics);
    if (!benchmark) return tl::unexpected(with_its_writer(diagnostics.error(), run));
    const auto environment = files::read_environment(run);
    if (!environment) return tl::unexpected(with_its_writer(environment.error(), run));
    const auto stored = files::read_trials(run);
    if (!stored) return tl::unexpected(with_its_writer(stored.error(), run));
    if (stored->torn)
        terminal::tell("warning: {} ends within line {}: that trial was lost when joust was killed\n",
                       printable((run_directory / files::k_trials_file).string()), stored->torn->line_number);
    Rendered rendered{.comparison = analysis::compare(*benchmark, stored->trials),
                      .summary = {},
                      .markdown = run_directory / report::k_markdown_file,
                      .written = {}};
    rendered.written = report::write_report(
        {run_directory, *benchmark, *environment, stored->trials, rendered.comparison, &run});
    rendered.summary = report::summary_text(*benchmark, rendered.comparison);
    return rendered;
}

}  // namespace joust::cli
