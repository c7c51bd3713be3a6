#include "analysis/equal_rate.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "analysis/floor.hpp"
#include "analysis/ratios.hpp"
#include "model/measuring_time.hpp"
#include "rules/judge.hpp"
#include "rules/trial_rules.hpp"

namespace joust::analysis {
namespace {

constexpr double k_share_of_capacity = 0.5;  // low enough for all to keep up, high enough to be work
// As many as a valid trial needs, and a tenth more: completions within a window scatter about the rate.
constexpr double k_least_in_a_window = rules::k_least_operations + rules::k_least_operations / 10;

bool at_equal_rate(const model::TrialResult& trial) {
    return trial.plan.lens == model::Lens::equal_rate;
}

// Empty without a trial that counts.
std::optional<double> capacity(const std::string& entrant, const model::ExperimentSpec& experiment,
                               std::span<const model::TrialResult> finished) {
    std::map<std::int64_t, std::vector<double>> levels;
    for (const model::TrialResult& trial : finished)
        if (trial.plan.entrant == entrant && !at_equal_rate(trial) &&
            rules::judge(trial, experiment).validity != model::Validity::invalid)
            levels[trial.plan.level].push_back(trial.samples.goodput_rps());
    std::optional<double> most;
    for (const auto& [level, goodputs] : levels)
        most = std::max(most.value_or(0), estimate(goodputs).value);
    return most;
}

// What was done at an equal rate in one block.
struct Begun {
    std::size_t largest = 0;  // number of trials of one attempt
    int next_attempt = 0;
};

Begun begun_in(int block, std::span<const model::TrialResult> finished) {
    std::map<int, std::size_t> attempts;
    for (const model::TrialResult& trial : finished)
        if (at_equal_rate(trial) && trial.plan.block == block) ++attempts[trial.plan.attempt];
    Begun begun;
    for (const auto& [attempt, trials] : attempts)
        begun = {std::max(begun.largest, trials), attempt + 1};
    return begun;
}

// Empty where one has no trial that counts.
std::optional<double> slowest_capacity(const model::Benchmark& benchmark,
                                       std::span<const model::TrialResult> finished) {
    std::optional<double> slowest;
    for (const std::string& entrant : labels(benchmark)) {
        const auto its = capacity(entrant, benchmark.experiment, finished);
        if (!its) return std::nullopt;
        slowest = std::min(slowest.value_or(*its), *its);
    }
    return slowest;
}

}  // namespace

std::optional<std::int64_t> common_rate(const model::Benchmark& benchmark,
                                        std::span<const model::TrialResult> finished) {
    const auto slowest = slowest_capacity(benchmark, finished);
    if (!slowest) return std::nullopt;
    const double rate = std::floor(*slowest * k_share_of_capacity);
    if (rate * seconds(benchmark.load.duration) < k_least_in_a_window) return std::nullopt;
    return static_cast<std::int64_t>(rate);
}

std::vector<model::PlannedTrial> equal_rate_trials(const model::Benchmark& benchmark,
                                                   std::span<const model::TrialResult> finished) {
    if (!model::has_equal_rate(benchmark)) return {};
    const auto known = std::find_if(finished.begin(), finished.end(), at_equal_rate);
    const auto rate =
        known != finished.end() ? std::optional(known->plan.level) : common_rate(benchmark, finished);
    if (!rate) return {};
    int index = 0;
    for (const model::TrialResult& trial : finished)
        index = std::max(index, trial.plan.index + 1);
    for (int block = 0; block < benchmark.experiment.blocks_min; ++block) {
        const Begun begun = begun_in(block, finished);
        if (begun.largest >= benchmark.entrants.size()) continue;
        std::vector<model::PlannedTrial> pair = model::plan_equal_rate(benchmark, *rate, block, index);
        for (model::PlannedTrial& trial : pair)
            trial.attempt = begun.next_attempt;
        if (!model::fits_budget(benchmark, finished, {&*rate, 1})) return {};
        return pair;
    }
    return {};
}

std::optional<model::EqualRate> equal_rate(const std::vector<JudgedTrial>& judged,
                                           const model::Benchmark& benchmark,
                                           std::span<const model::TrialResult> finished) {
    std::vector<JudgedTrial> trials;
    std::copy_if(judged.begin(), judged.end(), std::back_inserter(trials),
                 [](const JudgedTrial& one) { return at_equal_rate(*one.trial); });
    if (trials.empty()) return std::nullopt;
    model::EqualRate found{.rate = trials.front().trial->plan.level};
    std::set<int> blocks;
    for (const std::string& entrant : labels(benchmark)) {
        std::vector<JudgedTrial> own;
        for (const JudgedTrial& one : trials) {
            blocks.insert(one.trial->plan.block);
            if (one.trial->plan.entrant == entrant) own.push_back(one);
        }
        if (!own.empty()) found.cells.push_back(make_cell(own, benchmark));
    }
    found.blocks = static_cast<int>(blocks.size());
    const std::vector<std::int64_t> levels{found.rate};
    model::ExperimentSpec fixed = benchmark.experiment;  // as many pairs as were planned, without looks
    fixed.blocks_max = fixed.blocks_min;
    Evidence evidence{trials, found.cells, levels, model::LoadModel::open, fixed};
    evidence.state =
        equal_rate_trials(benchmark, finished).empty() ? stats::RunState::over : stats::RunState::going_on;
    const auto again = baseline_again(benchmark);
    const std::vector<model::HostFloor> floors =
        again ? host_floors(evidence, {*again, benchmark.baseline}) : std::vector<model::HostFloor>{};
    for (const model::Quantity quantity : model::k_equal_rate_quantities)
        for (const std::string& entrant : labels(benchmark)) {
            if (entrant == benchmark.baseline) continue;
            evidence.floors.clear();
            if (entrant != again) evidence.know(floors);  // a host is not its own measure
            found.ratios.push_back(pooled_ratio(evidence, quantity, {entrant, benchmark.baseline}));
            found.ratios.back().level = found.rate;
            found.ratios.back().alone = found.ratios.back().verdict;  // there is no other level
        }
    return found;
}

std::optional<model::NoEqualRate> no_equal_rate(const model::Benchmark& benchmark,
                                                std::span<const model::TrialResult> finished) {
    using model::NoEqualRate;
    if (finished.empty() || benchmark.entrants.size() < 2 || benchmark.load.model == model::LoadModel::open ||
        std::any_of(finished.begin(), finished.end(), at_equal_rate))
        return std::nullopt;
    if (!benchmark.experiment.equal_rate) return NoEqualRate::not_asked;
    if (!slowest_capacity(benchmark, finished)) return NoEqualRate::none_counts;
    const auto rate = common_rate(benchmark, finished);
    if (!rate) return NoEqualRate::too_slow;
    const bool fits = model::fits_budget(benchmark, finished, {&*rate, 1});
    return fits ? NoEqualRate::unfinished : NoEqualRate::budget;
}

}  // namespace joust::analysis
