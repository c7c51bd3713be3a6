#include "cli/stopped.hpp"

#include <algorithm>

#include "analysis/next_trials.hpp"
#include "base/secrets.hpp"
#include "base/text.hpp"

namespace joust::cli {
namespace {

// What a run was given of them stands in no file.
bool has_secrets(const model::Benchmark& benchmark) {
    const auto masks = [](const std::map<std::string, std::string>& values) {
        return masked_values(values) != values;
    };
    return masks(benchmark.database.settings) ||
           std::any_of(benchmark.entrants.begin(), benchmark.entrants.end(),
                       [&](const model::Entrant& entrant) { return masks(entrant.variant.settings); });
}

}  // namespace

std::string stopped_text(const model::Benchmark& benchmark, const experiment::Outcome& outcome) {
    const std::string directory = printable(outcome.run_directory.string());
    const std::string kept = fmt::format("stopped after {} finished trial(s), which are kept in {}; ",
                                         outcome.trials.size(), directory);
    // A pair of which one half was measured may have used up its time without being whole.
    if (analysis::next_trials(benchmark, outcome.trials).empty())
        return kept + "its budget has no room for more, so to `joust run --resume` the run is complete\n";
    if (has_secrets(benchmark))
        return kept + "no `--resume` goes on with it, as the secrets that it was given are not kept\n";
    return kept + fmt::format("`joust run --resume {}` goes on\n", directory);
}

}  // namespace joust::cli
