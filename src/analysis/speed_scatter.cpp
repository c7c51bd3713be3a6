#include "analysis/speed_scatter.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "stats/within_groups.hpp"

namespace joust::analysis {
namespace {

// Logarithms by contender and level, in the same order.
struct SpeedAndGoodput {
    stats::Groups speed;
    stats::Groups goodput;
};

// Empty where a trial that counts has no speed: the others could be the better part of it.
std::optional<SpeedAndGoodput> logarithms(const Evidence& evidence,
                                          const std::optional<std::string>& entrant) {
    SpeedAndGoodput found;
    std::map<std::pair<std::string, std::int64_t>, std::size_t> places;
    for (const JudgedTrial& judged : evidence.trials) {
        const model::PlannedTrial& plan = judged.trial->plan;
        const double goodput = judged.trial->samples.goodput_rps();
        if ((entrant && plan.entrant != *entrant) || !judged.counts() || goodput <= 0) continue;
        const std::optional<double>& speed = judged.trial->contender_cpu_speed;
        if (!speed || !(*speed > 0)) return std::nullopt;
        const auto place = places.try_emplace({plan.entrant, plan.level}, found.speed.size());
        if (place.second) {
            found.speed.emplace_back();
            found.goodput.emplace_back();
        }
        found.speed[place.first->second].push_back(std::log(*speed));
        found.goodput[place.first->second].push_back(std::log(goodput));
    }
    return found;
}

double largest_ratio(const stats::Groups& logarithms) {
    double largest = 0;
    for (const std::vector<double>& group : logarithms) {
        const auto [slowest, fastest] = std::minmax_element(group.begin(), group.end());
        largest = std::max(largest, *fastest - *slowest);
    }
    return std::exp(largest);
}

std::optional<model::SpeedScatter> speed_scatter(const Evidence& evidence,
                                                 const std::optional<std::string>& entrant) {
    const auto both = logarithms(evidence, entrant);
    if (!both) return std::nullopt;
    const auto deviation = stats::deviation_within(both->speed);
    if (!deviation) return std::nullopt;
    model::SpeedScatter result{.entrant = entrant,
                               .share = std::expm1(*deviation),
                               .largest_ratio = largest_ratio(both->speed),
                               .correlation = {},
                               .p_value = {}};
    if (const auto found = stats::correlation_within(both->speed, both->goodput)) {
        result.correlation = found->coefficient;
        result.p_value = found->p_value;
    }
    return result;
}

}  // namespace

std::vector<model::SpeedScatter> speed_scatters(const Evidence& evidence,
                                                const std::vector<std::string>& entrants) {
    std::vector<model::SpeedScatter> found;
    for (const std::string& entrant : entrants)
        if (const auto one = speed_scatter(evidence, entrant)) found.push_back(*one);
    if (const auto all = speed_scatter(evidence, std::nullopt)) found.push_back(*all);
    return found;
}

}  // namespace joust::analysis
