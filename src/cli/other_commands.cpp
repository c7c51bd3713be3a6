#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/installation.hpp"
#include "cli/output.hpp"
#include "cli/render.hpp"
#include "cli/signals.hpp"
#include "files/benchmark_toml.hpp"
#include "files/contender_toml.hpp"
#include "files/diagnostics.hpp"
#include "host/user.hpp"
#include "model/benchmark.hpp"

namespace joust::cli {
ExitCode report(const ReportCommand& command) {
    const auto rendered = render(command.run_directory);
    if (!rendered) return complain(rendered.error());
    const Status printed = print_text(printable_lines(rendered->summary));
    if (!rendered->written) return complain(rendered->written.error());
    tell("report: {}\n", printable(rendered->markdown.string()));
    if (const Status given = host::give_to_owner_of_parent(command.run_directory); !given)
        return complain(given.error());
    return printed ? ExitCode::done : complain(printed.error());
}

ExitCode list(const ListCommand&) {
    const auto installation = find_installation();
    if (!installation) return complain(installation.error());
    files::Diagnostics diagnostics;
    std::string text = "benchmarks (joust run NAME):\n";
    for (const std::string& name : benchmark_names(*installation)) {
        const auto benchmark =
            files::read_benchmark(installation->benchmarks() / (name + ".toml"), {}, diagnostics);
        if (benchmark)
            text += fmt::format("  {:24} {}; contenders {}\n", name, printable(benchmark->title),
                                joined(labels(*benchmark), ", "));
    }
    text += "contenders (--contenders a,b):\n";
    for (const std::string& name : files::contender_names(installation->contenders()))
        if (const auto contender = files::read_contender(installation->contenders(), name, diagnostics))
            text += fmt::format("  {:24} {}; {}\n", name, printable(contender->title),
                                printable(contender->stack.server));
    if (const Status printed = print_text(text); !printed) return complain(printed.error());
    return diagnostics.empty() ? ExitCode::done : complain(diagnostics.error());
}

ExitCode execute(const Command& command, const std::vector<std::string>& command_line) {
    if (const auto* wanted = std::get_if<RunCommand>(&command)) return run(*wanted, command_line);
    if (const auto* wanted = std::get_if<ReportCommand>(&command)) return report(*wanted);
    if (const auto* wanted = std::get_if<LoadCommand>(&command)) return load(*wanted);
    return list(std::get<ListCommand>(command));
}

ExitCode complain(const Error& error) {
    bool first = true;
    // Messages quote what strangers wrote: names of files, answers, lines of logs.
    const std::string message = printable_lines(error.message);
    for (const std::string_view line : split(message, '\n')) {
        tell("{}{}\n", first ? "error: " : "       ", line);
        first = false;
    }
    return exit_code(error, interruption());
}

}  // namespace joust::cli
