#include "analysis/scatter.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

#include "stats/within_groups.hpp"

namespace joust::analysis {
namespace {

constexpr std::size_t k_least_levels = 5;

using Logarithms = std::map<std::int64_t, std::vector<double>>;  // of goodput, by level

// From the differences of neighbours, half of whose mean square is the variance: a slow trend hardly enters
// (von Neumann, Kent, Bellinson & Hart, "The Mean Square Successive Difference", 1941).
std::optional<double> between_levels(const Logarithms& logarithms) {
    if (logarithms.size() < k_least_levels) return std::nullopt;
    double squares = 0;
    for (auto one = logarithms.begin(), next = std::next(one); next != logarithms.end(); ++one, ++next) {
        const double step = next->second.front() - one->second.front();
        squares += step * step;
    }
    return std::sqrt(squares / 2 / static_cast<double>(logarithms.size() - 1));
}

}  // namespace

std::optional<model::Scatter> scatter(const Evidence& evidence, const std::string& entrant) {
    model::Scatter result{.entrant = entrant};
    Logarithms logarithms;
    for (const JudgedTrial& judged : evidence.trials) {
        const model::PlannedTrial& plan = judged.trial->plan;
        const double goodput = judged.trial->samples.goodput_rps();
        if (plan.entrant != entrant || !judged.counts() || goodput <= 0) continue;
        if (logarithms.empty() || goodput < result.lowest_rps) {
            result.lowest_rps = goodput;
            result.lowest_level = plan.level;
        }
        if (logarithms.empty() || goodput > result.highest_rps) {
            result.highest_rps = goodput;
            result.highest_level = plan.level;
        }
        logarithms[plan.level].push_back(std::log(goodput));
    }
    stats::Groups levels;
    for (const auto& [level, values] : logarithms)
        levels.push_back(values);
    std::optional<double> deviation = stats::deviation_within(levels);
    result.between_levels = !deviation;
    if (!deviation) deviation = between_levels(logarithms);
    if (!deviation) return std::nullopt;
    result.share = std::expm1(*deviation);
    return result;
}

}  // namespace joust::analysis
