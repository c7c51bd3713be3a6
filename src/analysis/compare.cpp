#include "analysis/compare.hpp"

#include <algorithm>
#include <set>

#include "analysis/cell.hpp"
#include "analysis/headline.hpp"
#include "analysis/judge.hpp"
#include "analysis/ladder.hpp"
#include "analysis/ratios.hpp"
#include "analysis/scatter.hpp"

namespace joust::analysis {
namespace {

using model::Comparison;
using model::TrialResult;

void add_cells(Comparison& comparison, const std::vector<JudgedTrial>& judged,
               const model::ExperimentSpec& experiment) {
    for (const std::int64_t level : comparison.levels)
        for (const std::string& contender : comparison.contenders) {
            std::vector<JudgedTrial> trials;
            std::copy_if(judged.begin(), judged.end(), std::back_inserter(trials),
                         [&](const JudgedTrial& one) {
                             return one.trial->plan.level == level && one.trial->plan.contender == contender;
                         });
            if (!trials.empty()) comparison.cells.push_back(make_cell(trials, experiment));
        }
}

std::vector<model::PairedRatio> ratios(const Evidence& evidence, Quantity quantity,
                                       const Comparison& comparison) {
    std::vector<model::PairedRatio> ratios;
    for (const std::string& contender : comparison.contenders) {
        if (contender == comparison.baseline) continue;
        for (const std::int64_t level : evidence.levels)
            ratios.push_back(ratio_at(evidence, quantity, contender, comparison.baseline, level));
        ratios.push_back(pooled_ratio(evidence, quantity, contender, comparison.baseline));
    }
    return ratios;
}

void add_incidents(Comparison& comparison, const std::vector<TrialResult>& trials) {
    for (const TrialResult& trial : trials)
        for (const model::Incident& incident : trial.incidents)
            comparison.incidents.push_back(
                {trial.plan.contender, trial.plan.level, trial.plan.block, incident});
}

}  // namespace

Comparison compare(const model::Benchmark& benchmark, const std::vector<TrialResult>& trials) {
    Comparison comparison;
    comparison.contenders = benchmark.contenders;
    comparison.baseline = benchmark.baseline;
    comparison.load_model = benchmark.load.model;
    std::set<std::int64_t> levels;
    std::set<int> blocks;
    for (const TrialResult& trial : trials) {
        comparison.trial_judgements.push_back(judge(trial, benchmark.experiment));
        levels.insert(trial.plan.level);
        blocks.insert(trial.plan.block);
    }
    comparison.levels.assign(levels.begin(), levels.end());
    comparison.blocks = static_cast<int>(blocks.size());
    std::vector<JudgedTrial> judged;
    for (std::size_t i = 0; i < trials.size(); ++i)
        judged.push_back({&trials[i], &comparison.trial_judgements[i]});
    add_cells(comparison, judged, benchmark.experiment);

    const Evidence evidence{judged, comparison.cells, comparison.levels, comparison.load_model,
                            benchmark.experiment.margin};
    comparison.goodput = ratios(evidence, Quantity::goodput, comparison);
    comparison.cpu_per_operation = ratios(evidence, Quantity::cpu_per_operation, comparison);
    comparison.response_time_p99 = ratios(evidence, Quantity::response_time_p99, comparison);
    for (const std::string& contender : comparison.contenders) {
        if (const auto point = breaking_point(evidence, contender, benchmark.experiment.error_rate_max))
            comparison.breaking_points.push_back(*point);
        if (const auto flat = plateau(evidence, contender)) comparison.plateaus.push_back(*flat);
        if (const auto spread = scatter(evidence, contender)) comparison.scatters.push_back(*spread);
    }
    add_incidents(comparison, trials);
    comparison.warnings = warnings(comparison, benchmark, trials);
    comparison.winner = winner(evidence, comparison.contenders);
    comparison.headline = headline(comparison);
    return comparison;
}

}  // namespace joust::analysis
