#include "cli/stopped.hpp"

#include "analysis/next_trials.hpp"
#include "base/text.hpp"

namespace joust::cli {

std::string stopped_text(const model::Benchmark& benchmark, const experiment::Outcome& outcome) {
    const std::string directory = printable(outcome.run_directory.string());
    const std::string kept = fmt::format("stopped after {} finished trial(s), which are kept in {}; ",
                                         outcome.trials.size(), directory);
    if (!analysis::next_trials(benchmark, outcome.trials).empty())
        return kept + fmt::format("`joust run --resume {}` goes on\n", directory);
    // A pair of which one half was measured has used up time without being whole.
    return kept + "its budget has no room for the rest, so `joust run --resume` would measure nothing\n";
}

}  // namespace joust::cli
