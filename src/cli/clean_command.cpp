#include "base/text.hpp"
#include "cli/cleaning.hpp"
#include "cli/commands.hpp"
#include "host/state_root.hpp"
#include "terminal/standard_streams.hpp"

namespace joust::cli {
namespace {

std::string section(std::string_view title, const std::vector<std::string>& lines) {
    if (lines.empty()) return "";
    std::string text = fmt::format("{}:\n", title);
    for (const std::string& line : lines)
        text += fmt::format("  {}\n", printable(line));
    return text;
}

}  // namespace

ExitCode clean(const CleanCommand& command) {
    const Path state_root = host::default_state_root();
    if (const Status ours = host::check_state_root(state_root); !ours) return complain(ours.error());
    // Dead runs first: their containers hold images.
    Cleaning done = clean_state(state_root, command.dry_run);
    Cleaning of_engine = clean_engine(state_root, command.dry_run);
    for (auto list : {&Cleaning::removed, &Cleaning::left, &Cleaning::failures})
        (done.*list).insert((done.*list).end(), (of_engine.*list).begin(), (of_engine.*list).end());
    std::string text = section(command.dry_run ? "would be removed" : "removed", done.removed);
    if (done.removed.empty()) text = "nothing to remove\n";
    text += section("left", done.left);
    text += section("not removed by `joust clean`", what_stays(state_root));
    ExitCode code = ExitCode::done;
    if (const Status printed = terminal::print_text(text); !printed) code = complain(printed.error());
    for (const std::string& failure : done.failures)
        code = complain({ErrorKind::io, failure});
    return code;
}

}  // namespace joust::cli
