#include "analysis/capacity.hpp"

#include "stats/capacity.hpp"

namespace joust::analysis {
namespace {

std::vector<stats::TrialsAtLevel> goodput_by_level(const Evidence& evidence, const std::string& entrant) {
    std::vector<stats::TrialsAtLevel> levels;
    for (const std::int64_t level : evidence.levels) {
        const model::Cell* cell = evidence.cell(entrant, level);
        if (cell == nullptr || invalid(*cell)) continue;
        stats::TrialsAtLevel trials{.users = static_cast<double>(level), .throughputs = {}};
        for (const JudgedTrial& judged : evidence.trials)
            if (judged.trial->plan.entrant == entrant && judged.trial->plan.level == level && judged.counts())
                trials.throughputs.push_back(judged.trial->samples.goodput_rps());
        levels.push_back(std::move(trials));
    }
    return levels;
}

model::Estimate with(double value, const stats::Interval& interval) {
    return {.value = value, .low = interval.low, .high = interval.high};
}

model::ScalabilityLaw told(const stats::Capacity& found) {
    model::ScalabilityLaw law{.gamma = with(found.law.gamma, found.gamma),
                              .alpha = with(found.law.alpha, found.alpha),
                              .beta = with(found.law.beta, found.beta),
                              .peak_users = {},
                              .peak_rps = {}};
    if (found.peak) {
        law.peak_users = with(found.peak->users, found.peak_users);
        law.peak_rps = with(found.peak->throughput, found.peak_throughput);
    }
    return law;
}

// Of levels that have no repeats, so that nothing tells how far it may be off.
model::ScalabilityLaw told(const stats::Usl& found, const std::vector<stats::TrialsAtLevel>& levels) {
    model::ScalabilityLaw law{.gamma = {.value = found.gamma},
                              .alpha = {.value = found.alpha},
                              .beta = {.value = found.beta},
                              .peak_users = {},
                              .peak_rps = {}};
    if (const auto peak = stats::measured_peak(found, levels)) {
        law.peak_users = model::Estimate{.value = peak->users};
        law.peak_rps = model::Estimate{.value = peak->throughput};
    }
    return law;
}

}  // namespace

std::optional<model::Capacity> capacity(const Evidence& evidence, const std::string& entrant) {
    if (evidence.load_model != model::LoadModel::closed) return std::nullopt;
    const std::vector<stats::TrialsAtLevel> levels = goodput_by_level(evidence, entrant);
    if (levels.size() < 2) return std::nullopt;
    model::Capacity result{.entrant = entrant, .law = {}, .not_identified = {}};
    const auto law = stats::identified_usl(levels);
    if (!law) {
        result.not_identified = law.error() == stats::NotIdentified::few_rising_levels
                                    ? model::NoLaw::few_rising_levels
                                    : model::NoLaw::no_fit;
        return result;
    }
    // A share over all of the work: the fit left the law for a hyperbola, whose start it did not see.
    if (law->alpha > 1) {
        result.not_identified = model::NoLaw::no_rise;
        return result;
    }
    const auto with_intervals = stats::usl_bootstrap(levels, evidence.experiment.seed);
    result.law = with_intervals ? told(*with_intervals) : told(*law, levels);
    return result;
}

}  // namespace joust::analysis
