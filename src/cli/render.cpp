#include "cli/render.hpp"

#include <nlohmann/json.hpp>

#include "analysis/compare.hpp"
#include "base/text.hpp"
#include "cli/installation.hpp"
#include "files/diagnostics.hpp"
#include "files/environment_json.hpp"
#include "files/json_text.hpp"
#include "files/run_directory.hpp"
#include "files/trial_json.hpp"
#include "model/benchmark.hpp"
#include "report/report.hpp"
#include "terminal/standard_streams.hpp"

namespace joust::cli {
namespace {

constexpr std::size_t k_most_environment_bytes = std::size_t{16} << 20U;

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
    if (installation && commit_of(*installation) == commit) return error;
    error.message += fmt::format(
        "\nThe run was written by another version of joust: environment.json names joust {} of commit {}; "
        "`joust report` of that commit reads it (only where you know who made the run: older versions are "
        "less "
        "careful)",
        named("joust_version"), commit);
    return error;
}

}  // namespace

Result<Rendered> render(const Path& run_directory) {
    JOUST_TRY(const files::RunDirectory run, files::RunDirectory::open(run_directory));
    const auto with_writer = [&](const Error& error) { return with_its_writer(error, run.directory()); };
    files::Diagnostics diagnostics;
    const auto benchmark = run.read_benchmark(diagnostics);
    if (!benchmark) return tl::unexpected(with_writer(diagnostics.error()));
    const auto environment = run.read_environment();
    if (!environment) return tl::unexpected(with_writer(environment.error()));
    const auto stored = run.read_trials();
    if (!stored) return tl::unexpected(with_writer(stored.error()));
    if (stored->torn)
        terminal::tell("warning: {} ends within line {}: that trial was lost when joust was killed\n",
                       printable((run_directory / files::k_trials_file).string()), stored->torn->line_number);
    Rendered rendered{.comparison = analysis::compare(*benchmark, stored->trials, &*environment),
                      .summary = {},
                      .markdown = run_directory / report::k_markdown_file,
                      .written = {}};
    rendered.written = report::write_report(
        {run_directory, *benchmark, *environment, stored->trials, rendered.comparison, &run.directory()});
    rendered.summary = report::summary_text(*benchmark, rendered.comparison);
    return rendered;
}

}  // namespace joust::cli
