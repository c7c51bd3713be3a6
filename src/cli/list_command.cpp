#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/installation.hpp"
#include "files/benchmark_toml.hpp"
#include "files/contender_toml.hpp"
#include "files/diagnostics.hpp"
#include "terminal/standard_streams.hpp"

namespace joust::cli {

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
    if (const Status printed = terminal::print_text(text); !printed) return complain(printed.error());
    return diagnostics.empty() ? ExitCode::done : complain(diagnostics.error());
}

}  // namespace joust::cli
