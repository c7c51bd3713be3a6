#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/render.hpp"
#include "host/user.hpp"
#include "terminal/standard_streams.hpp"

namespace joust::cli {

ExitCode report(const ReportCommand& command) {
    const auto rendered = render(command.run_directory);
    if (!rendered) return complain(rendered.error());
    const Status printed = terminal::print_text(printable_lines(rendered->summary));
    if (!rendered->written) return complain(rendered->written.error());
    terminal::tell("report: {}\n", printable(rendered->markdown.string()));
    if (const Status given = host::give_to_owner_of_parent(command.run_directory); !given)
        return complain(given.error());
    return printed ? ExitCode::done : complain(printed.error());
}

}  // namespace joust::cli
