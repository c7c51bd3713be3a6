#include "analysis/caveats.hpp"

#include <algorithm>
#include <set>
#include <tuple>

#include "stats/quantile.hpp"

namespace joust::analysis {
namespace {

// Ratios are those at the steal of the trials that they are of, which contenders may suffer from differently.
void add_steal(std::vector<model::Caveat>& found, const model::Comparison& comparison,
               const std::vector<model::TrialResult>& trials, model::Lens lens) {
    std::size_t some = 0;
    std::vector<double> shares;
    for (std::size_t i = 0; i < trials.size(); ++i) {
        if (trials[i].plan.lens != lens) continue;
        shares.push_back(model::steal_share(trials[i]).value_or(0));
        some += comparison.trial_judgements[i].has(model::Rule::steal) ? 1 : 0;
    }
    if (some == 0 || comparison.entrants.size() < 2) return;
    found.push_back({.kind = model::Caveat::Kind::steal,
                     .some = some,
                     .of = shares.size(),
                     .share = stats::median(shares).value_or(0),
                     .lens = lens});
}

// The workload says what requests change, and nothing tells whether they did.
bool unproven(const model::TrialResult& trial) {
    const bool declared = trial.effects && trial.effects->declared();
    return declared && !trial.effects->not_read.empty() && !trial.audit &&
           !(trial.files && trial.files->evaluated());
}

// Why a declared part was not counted in a trial; "" where it was, or is not declared.
std::string not_counted(const model::TrialResult& trial, model::Caveat::Part part) {
    if (part == model::Caveat::Part::files)
        return trial.files && trial.files->declared() ? trial.files->not_evaluated : "";
    return trial.effects && trial.effects->declared() ? trial.effects->not_read : "";
}

void add_not_counted(std::vector<model::Caveat>& found, const model::Benchmark& benchmark,
                     const std::vector<model::TrialResult>& trials) {
    for (const model::Entrant& entrant : benchmark.entrants)
        for (const model::Caveat::Part part : {model::Caveat::Part::rows, model::Caveat::Part::files}) {
            model::Caveat caveat{
                .kind = model::Caveat::Kind::not_counted, .entrant = entrant.label, .part = part};
            for (const model::TrialResult& trial : trials) {
                if (trial.plan.entrant != entrant.label) continue;
                ++caveat.of;
                const std::string why = not_counted(trial, part);
                if (why.empty()) continue;
                if (caveat.some++ == 0) caveat.why = why;
            }
            if (caveat.some > 0) found.push_back(std::move(caveat));
        }
}

}  // namespace

std::vector<model::Caveat> caveats(const model::Comparison& comparison, const model::Benchmark& benchmark,
                                   const std::vector<model::TrialResult>& trials) {
    using Kind = model::Caveat::Kind;
    std::vector<model::Caveat> found;
    const std::size_t planned = static_cast<std::size_t>(benchmark.experiment.blocks_min) *
                                benchmark.load.levels.size() * benchmark.entrants.size();
    std::set<std::tuple<int, std::int64_t, std::string>> finished;  // however often a pair was begun
    for (const model::TrialResult& trial : trials)
        if (trial.plan.lens == model::Lens::capacity)
            finished.insert({trial.plan.block, trial.plan.level, trial.plan.entrant});
    if (finished.size() < planned) found.push_back({Kind::ended_early, finished.size(), planned});
    const auto nothing_proven = std::count_if(trials.begin(), trials.end(), unproven);
    if (nothing_proven > 0)
        found.push_back({Kind::unproven, static_cast<std::size_t>(nothing_proven), trials.size()});
    add_not_counted(found, benchmark, trials);
    if (comparison.blocks == 1) found.push_back({Kind::one_block});
    for (const model::PairedRatio& ratio : comparison.pooled(model::Quantity::goodput))
        if (ratio.between_levels && comparison.blocks != 1)
            found.push_back({.kind = Kind::one_pair_a_level, .entrant = ratio.entrant});
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
    for (const model::Lens lens : {model::Lens::capacity, model::Lens::equal_rate})
        add_steal(found, comparison, trials, lens);
    const auto added = std::count_if(trials.begin(), trials.end(), [](const model::TrialResult& trial) {
        return trial.contender_steal_added.has_value();
    });
    if (added > 0) found.push_back({Kind::added_steal, static_cast<std::size_t>(added), trials.size()});
    const auto contained = std::count_if(
        benchmark.entrants.begin(), benchmark.entrants.end(), [&](const model::Entrant& entrant) {
            return model::runtime_of(benchmark, entrant) == model::RuntimeKind::docker;
        });
    if (contained > 0)
        found.push_back({Kind::containers, static_cast<std::size_t>(contained), benchmark.entrants.size()});
    return found;
}

}  // namespace joust::analysis
