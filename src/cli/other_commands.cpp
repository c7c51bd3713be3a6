#include <cstdio>

#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/installation.hpp"
#include "cli/render.hpp"
#include "cli/signals.hpp"
#include "model/benchmark.hpp"

namespace joust::cli {
ExitCode report(const ReportCommand& command) {
    const auto rendered = render(command.run_directory);
    if (!rendered) return complain(rendered.error());
    fmt::print(stdout, "{}", rendered->summary);
    std::fflush(stdout);  // before what follows on stderr
    if (!rendered->written) return complain(rendered->written.error());
    fmt::print(stderr, "report: {}\n", rendered->markdown.string());
    if (const Status given = give_to_their_owner(command.run_directory); !given)
        return complain(given.error());
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
                       joined(labels(*benchmark), ", "));
    }
    fmt::print("contenders (--contenders a,b):\n");
    for (const std::string& name : model::contender_names(installation->contenders()))
        if (const auto contender = model::read_contender(installation->contenders(), name, diagnostics))
            fmt::print("  {:24} {}; {}\n", name, contender->title, contender->stack.server);
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
    for (const std::string_view line : split(error.message, '\n')) {
        fmt::print(stderr, "{}{}\n", first ? "error: " : "       ", line);
        first = false;
    }
    return exit_code(error, interruption());
}

}  // namespace joust::cli
