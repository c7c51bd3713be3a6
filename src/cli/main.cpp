#include <exception>
#include <new>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/text.hpp"
#include "base/thread.hpp"
#include "cli/arguments.hpp"
#include "terminal/standard_streams.hpp"

namespace joust::cli {
namespace {

ExitCode answer(const Answered& answered) {
    std::vector<std::string> lines;  // they quote what the user typed
    for (const std::string_view line : split(answered.err, '\n'))
        lines.push_back(printable(line));
    terminal::tell_text(joined(lines, "\n"));
    const Status printed = terminal::print_text(answered.out);
    return printed ? answered.code : complain(printed.error());
}

// Exit code 1 also where the command itself was done, but not all that it had to say has arrived.
ExitCode ended(ExitCode code) {
    const Status closed = terminal::close_standard_streams();
    if (closed) return code;
    complain(closed.error());
    return code == ExitCode::done ? ExitCode::failed : code;
}

}  // namespace
}  // namespace joust::cli

int main(int argc, char** argv) try {
    using namespace joust::cli;
    joust::terminal::secure_standard_streams();
    const std::vector<std::string> command_line(argv, argv + argc);
    const auto parsed = parse_arguments({command_line.begin() + 1, command_line.end()});
    const auto* answered = std::get_if<Answered>(&parsed);
    const ExitCode code = answered ? answer(*answered) : execute(std::get<Command>(parsed), command_line);
    return static_cast<int>(ended(code));
} catch (const std::bad_alloc&) {
    return static_cast<int>(joust::cli::complain(joust::out_of_memory()));
} catch (const std::exception& error) {
    joust::terminal::tell("joust: internal error: {}\n", error.what());
    return 1;
}
