#include <cstdio>

#include "analysis/compare.hpp"
#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/installation.hpp"
#include "cli/signals.hpp"
#include "model/environment_json.hpp"
#include "model/trial_json.hpp"
#include "report/report.hpp"

namespace joust::cli {
namespace {

Result<std::string> render(const Path& directory) {
    model::Diagnostics diagnostics;
    const auto benchmark = model::read_benchmark(directory / "benchmark.toml", {}, diagnostics);
    if (!benchmark) return tl::unexpected(diagnostics.error());
    JOUST_TRY(const model::Environment environment, model::read_environment(directory));
    JOUST_TRY(const model::StoredTrials stored, model::read_trials(directory));
    if (stored.torn)
        fmt::print(stderr, "warning: {} ends within line {}: that trial was lost when joust was killed\n",
                   (directory / "trials.jsonl").string(), stored.torn->line_number);
    const model::Comparison comparison = analysis::compare(*benchmark, stored.trials);
    JOUST_CHECK(report::write_report({directory, *benchmark, environment, stored.trials, comparison}));
    return report::summary_text(*benchmark, comparison);
}

}  // namespace

ExitCode report(const ReportCommand& command) {
    const auto summary = render(command.run_directory);
    if (!summary) return complain(summary.error());
    fmt::print(stdout, "{}", *summary);
    fmt::print(stderr, "report: {}\n", (command.run_directory / report::k_markdown_file).string());
    return ExitCode::done;
}

ExitCode list(const ListCommand&) {
    const auto installation = find_installation();
    if (!installation) return complain(installation.error());
    model::Diagnostics diagnostics;
    fmt::print("benchmarks (joust run NAME):\n");
    for (const std::string& name : benchmark_names(*installation)) {
        const auto benchmark =
            model::read_benchmark(installation->benchmarks() / (name + ".toml"), {}, diagnostics);
        if (benchmark)
            fmt::print("  {:24} {}; contenders {}\n", name, benchmark->title,
                       joined(benchmark->contenders, ", "));
    }
    fmt::print("contenders (--contenders a,b):\n");
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(installation->contenders()))
        if (std::filesystem::exists(entry.path() / "contender.toml"))
            names.push_back(entry.path().filename());
    std::sort(names.begin(), names.end());
    for (const std::string& name : names)
        if (const auto contender = model::read_contender(installation->contenders(), name, diagnostics))
            fmt::print("  {:24} {}; {}\n", name, contender->title, contender->stack.server);
    return diagnostics.empty() ? ExitCode::done : complain(diagnostics.error());
}

ExitCode execute(const Command& command, const std::vector<std::string>& command_line) {
    if (const auto* wanted = std::get_if<RunCommand>(&command)) return run(*wanted, command_line);
    if (const auto* wanted = std::get_if<ReportCommand>(&command)) return report(*wanted);
    return list(std::get<ListCommand>(command));
}

ExitCode complain(const Error& error) {
    bool first = true;
    for (const std::string_view line : split(error.message, '\n')) {
        fmt::print(stderr, "{}{}\n", first ? "error: " : "       ", line);
        first = false;
    }
    return exit_code(error, interruption());
}

}  // namespace joust::cli
