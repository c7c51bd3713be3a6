#include "analysis/speed_scatter.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "analysis/pairs.hpp"
#include "stats/within_groups.hpp"

namespace joust::analysis {
namespace {

// The logarithm of how fast the CPUs ran in a trial, and of what it served.
struct Pace {
    std::optional<double> speed;
    double goodput;
};

// Empty of a trial that does not count.
std::optional<Pace> pace(const JudgedTrial& judged) {
    const double goodput = judged.trial->samples.goodput_rps();
    if (!judged.counts() || goodput <= 0) return std::nullopt;
    const std::optional<double>& speed = judged.trial->contender_cpu_speed;
    return Pace{speed && *speed > 0 ? std::optional(std::log(*speed)) : std::nullopt, std::log(goodput)};
}

// By contender and level. Empty where a trial that counts has no speed: the others could be the better part.
std::optional<stats::Groups> speeds(const Evidence& evidence, const std::optional<std::string>& entrant) {
    std::map<std::pair<std::string, std::int64_t>, std::vector<double>> found;
    for (const JudgedTrial& judged : evidence.trials) {
        const model::PlannedTrial& plan = judged.trial->plan;
        const auto one = pace(judged);
        if (!one || (entrant && plan.entrant != *entrant)) continue;
        if (!one->speed) return std::nullopt;
        found[{plan.entrant, plan.level}].push_back(*one->speed);
    }
    stats::Groups groups;
    for (auto& [place, values] : found)
        groups.push_back(std::move(values));
    return groups;
}

double largest_ratio(const stats::Groups& logarithms) {
    double largest = 0;
    for (const std::vector<double>& group : logarithms) {
        const auto [slowest, fastest] = std::minmax_element(group.begin(), group.end());
        largest = std::max(largest, *fastest - *slowest);
    }
    return std::exp(largest);
}

// How the ratios of goodput go with those of speed, pair by pair within levels: what slows both alike is in
// neither. Empty likewise.
std::optional<stats::Correlation> of_pairs(const Evidence& evidence, const Sides& sides) {
    stats::Groups speed;
    stats::Groups goodput;
    for (const std::int64_t level : evidence.levels) {
        if (one_barred_at(evidence, sides, level)) continue;
        speed.emplace_back();
        goodput.emplace_back();
        for (const JudgedTrial& one : evidence.trials)
            for (const JudgedTrial& other : evidence.trials) {
                const model::PlannedTrial& plan = one.trial->plan;
                if (plan.level != level || plan.entrant != sides.entrant ||
                    other.trial->plan.entrant != sides.baseline || !same_pair(plan, other.trial->plan))
                    continue;
                const auto mine = pace(one);
                const auto theirs = pace(other);
                if (!mine || !theirs) continue;
                if (!mine->speed || !theirs->speed) return std::nullopt;
                speed.back().push_back(*mine->speed - *theirs->speed);
                goodput.back().push_back(mine->goodput - theirs->goodput);
            }
    }
    return stats::correlation_within(speed, goodput);
}

std::optional<model::SpeedScatter> speed_scatter(const Evidence& evidence,
                                                 const std::optional<std::string>& entrant) {
    const auto found = speeds(evidence, entrant);
    const auto deviation = found ? stats::deviation_within(*found) : std::nullopt;
    if (!deviation) return std::nullopt;
    return model::SpeedScatter{.entrant = entrant,
                               .share = std::expm1(*deviation),
                               .largest_ratio = largest_ratio(*found),
                               .correlation = {},
                               .p_value = {}};
}

}  // namespace

std::vector<model::SpeedScatter> speed_scatters(const Evidence& evidence,
                                                const std::vector<std::string>& entrants,
                                                const std::string& baseline) {
    std::vector<model::SpeedScatter> all;
    for (const std::string& entrant : entrants) {
        auto one = speed_scatter(evidence, entrant);
        if (!one) continue;
        if (const auto found =
                entrant == baseline ? std::nullopt : of_pairs(evidence, Sides{entrant, baseline})) {
            one->correlation = found->coefficient;
            one->p_value = found->p_value;
        }
        all.push_back(*std::move(one));
    }
    if (auto together = speed_scatter(evidence, std::nullopt)) all.push_back(*std::move(together));
    return all;
}

}  // namespace joust::analysis
