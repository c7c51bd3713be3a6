#include "analysis/caveats.hpp"

#include <algorithm>

namespace joust::analysis {

std::vector<model::Caveat> caveats(const model::Comparison& comparison, const model::Benchmark& benchmark,
                                   const std::vector<model::TrialResult>& trials) {
    using Kind = model::Caveat::Kind;
    std::vector<model::Caveat> found;
    const std::size_t planned = static_cast<std::size_t>(benchmark.experiment.blocks_min) *
                                benchmark.load.levels.size() * benchmark.entrants.size();
    if (trials.size() < planned) found.push_back({Kind::ended_early, trials.size(), planned});
    if (comparison.blocks == 1) found.push_back({Kind::one_block});
    const auto suspects = std::count_if(
        comparison.cells.begin(), comparison.cells.end(),
        [](const model::Cell& cell) { return cell.judgement.validity == model::Validity::suspect; });
    if (suspects > 0)
        found.push_back({Kind::suspects, static_cast<std::size_t>(suspects), comparison.cells.size()});
    const auto& judgements = comparison.trial_judgements;
    const auto unlimited = std::count_if(
        judgements.begin(), judgements.end(),
        [](const model::Judgement& judgement) { return judgement.has(model::Rule::limits_off); });
    if (unlimited > 0)
        found.push_back({Kind::limits_off, static_cast<std::size_t>(unlimited), trials.size()});
    return found;
}

}  // namespace joust::analysis
