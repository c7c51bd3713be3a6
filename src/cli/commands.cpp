#include "cli/commands.hpp"

#include "base/text.hpp"
#include "cli/signals.hpp"
#include "terminal/standard_streams.hpp"

namespace joust::cli {

ExitCode execute(const Command& command, const std::vector<std::string>& command_line) {
    if (const auto* wanted = std::get_if<RunCommand>(&command)) return run(*wanted, command_line);
    if (const auto* wanted = std::get_if<ReportCommand>(&command)) return report(*wanted);
    if (const auto* wanted = std::get_if<LoadCommand>(&command)) return load(*wanted);
    if (const auto* wanted = std::get_if<CleanCommand>(&command)) return clean(*wanted);
    if (const auto* wanted = std::get_if<SelftestCommand>(&command)) return selftest(*wanted, command_line);
    if (const auto* wanted = std::get_if<VerifyCommand>(&command)) return verify(*wanted, command_line);
    return list(std::get<ListCommand>(command));
}

ExitCode complain(const Error& error) {
    bool first = true;
    // Messages quote what strangers wrote: names of files, answers, lines of logs.
    const std::string message = printable_lines(error.message);
    for (const std::string_view line : split(message, '\n')) {
        terminal::tell("{}{}\n", first ? "error: " : "       ", line);
        first = false;
    }
    return exit_code(error, interruption());
}

}  // namespace joust::cli
