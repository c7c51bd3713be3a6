#include "analysis/compare.hpp"

#include <algorithm>
#include <set>

#include "analysis/blocks.hpp"
#include "analysis/capacity.hpp"
#include "analysis/caveats.hpp"
#include "analysis/cell.hpp"
#include "analysis/equal_rate.hpp"
#include "analysis/floor.hpp"
#include "analysis/ladder.hpp"
#include "analysis/lint.hpp"
#include "analysis/looks.hpp"
#include "analysis/measured.hpp"
#include "analysis/ratios.hpp"
#include "analysis/scatter.hpp"
#include "analysis/speed_scatter.hpp"
#include "analysis/why.hpp"
#include "analysis/winner.hpp"
#include "rules/judge.hpp"

namespace joust::analysis {
namespace {

using model::Comparison;
using model::TrialResult;

void add_cells(Comparison& comparison, const std::vector<JudgedTrial>& judged,
               const model::Benchmark& benchmark) {
    for (const std::int64_t level : comparison.levels)
        for (const std::string& entrant : comparison.entrants) {
            std::vector<JudgedTrial> trials;
            std::copy_if(judged.begin(), judged.end(), std::back_inserter(trials),
                         [&](const JudgedTrial& one) {
                             return one.trial->plan.level == level && one.trial->plan.entrant == entrant;
                         });
            if (!trials.empty()) comparison.cells.push_back(make_cell(trials, benchmark));
        }
}

void add_ratios(Comparison& comparison, const Evidence& evidence) {
    for (const model::Quantity quantity : model::k_compared_quantities)
        for (const std::string& entrant : comparison.entrants) {
            if (entrant == comparison.baseline) continue;
            Evidence for_entrant = evidence;
            if (entrant == comparison.again) for_entrant.floors.clear();  // a host is not its own measure
            const auto found = ratios(for_entrant, quantity, {entrant, comparison.baseline});
            comparison.ratios.insert(comparison.ratios.end(), found.begin(), found.end());
        }
}

void add_measured(Comparison& comparison) {
    for (model::PairedRatio& ratio : comparison.ratios)
        ratio.measured = measured(comparison, {ratio.entrant, ratio.baseline}, ratio.quantity, ratio.level);
}

// What explains the ratios of an entrant to the baseline.
void add_explanations(Comparison& comparison, const Evidence& evidence) {
    for (const std::string& entrant : comparison.entrants) {
        const Sides sides{entrant, comparison.baseline};
        if (entrant == comparison.baseline || entrant == comparison.again) continue;
        if (const auto effect = block_effect(evidence, sides)) comparison.block_effects.push_back(*effect);
        if (const auto reason = why(evidence, sides)) comparison.whys.push_back(*reason);
    }
}

// What is said of an entrant for itself.
void add_curves(Comparison& comparison, const Evidence& evidence) {
    for (const std::string& entrant : comparison.entrants) {
        if (const auto point = breaking_point(evidence, entrant, evidence.experiment.error_rate_max))
            comparison.breaking_points.push_back(*point);
        if (const auto law = capacity(evidence, entrant)) comparison.capacities.push_back(*law);
        if (const auto flat = plateau(evidence, entrant)) comparison.plateaus.push_back(*flat);
        if (const auto spread = scatter(evidence, entrant)) comparison.scatters.push_back(*spread);
    }
    comparison.speed_scatters = speed_scatters(evidence, comparison.entrants, comparison.baseline);
}

std::vector<std::string> ranked(const Comparison& comparison) {
    std::vector<std::string> entrants = comparison.entrants;
    std::erase_if(entrants, [&](const std::string& entrant) { return entrant == comparison.again; });
    return entrants;
}

void add_incidents(Comparison& comparison, const std::vector<TrialResult>& trials) {
    for (const TrialResult& trial : trials)
        for (const model::Incident& incident : trial.incidents)
            comparison.incidents.push_back(
                {trial.plan.entrant, trial.plan.level, trial.plan.block, incident});
}

}  // namespace

Comparison compare(const model::Benchmark& benchmark, const std::vector<TrialResult>& trials,
                   const model::Environment* environment) {
    Comparison comparison;
    comparison.entrants = labels(benchmark);
    comparison.baseline = benchmark.baseline;
    comparison.load_model = benchmark.load.model;
    comparison.margin = benchmark.experiment.margin;
    comparison.again = baseline_again(benchmark);
    comparison.one_look = one_look(benchmark.experiment);
    comparison.unfinished = unfinished(benchmark, trials);
    std::set<std::int64_t> levels;
    std::set<int> blocks;
    for (const TrialResult& trial : trials) {
        comparison.trial_judgements.push_back(rules::judge(trial, benchmark.experiment));
        if (trial.plan.lens != model::Lens::capacity) continue;
        levels.insert(trial.plan.level);
        blocks.insert(trial.plan.block);
    }
    comparison.levels.assign(levels.begin(), levels.end());
    comparison.blocks = static_cast<int>(blocks.size());
    std::vector<JudgedTrial> judged;
    for (std::size_t i = 0; i < trials.size(); ++i)
        judged.push_back({&trials[i], &comparison.trial_judgements[i]});
    comparison.equal_rate = equal_rate(judged, benchmark, trials);
    comparison.no_equal_rate = no_equal_rate(benchmark, trials);
    std::erase_if(judged,
                  [](const JudgedTrial& one) { return one.trial->plan.lens != model::Lens::capacity; });
    add_cells(comparison, judged, benchmark);

    Evidence evidence{judged, comparison.cells, comparison.levels, comparison.load_model,
                      benchmark.experiment};
    evidence.state = state_of(benchmark, trials);
    evidence.within_last_block = within_last_block(benchmark, trials);
    if (comparison.again) {
        comparison.floors = host_floors(evidence, {*comparison.again, comparison.baseline});
        evidence.know(comparison.floors);
    }
    add_ratios(comparison, evidence);
    add_measured(comparison);
    add_explanations(comparison, evidence);
    add_curves(comparison, evidence);
    add_incidents(comparison, trials);
    comparison.caveats = caveats(comparison, benchmark, trials);
    comparison.lints = lint({benchmark, comparison, judged, environment});
    comparison.winner = winner(evidence, ranked(comparison));
    if (comparison.winner)
        comparison.winner_measured =
            measured(comparison, ranked(comparison), model::Quantity::goodput, std::nullopt);
    return comparison;
}

}  // namespace joust::analysis
