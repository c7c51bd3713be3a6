#include "analysis/scatter.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

namespace joust::analysis {
namespace {

constexpr std::size_t k_least_levels = 5;

using Logarithms = std::map<std::int64_t, std::vector<double>>;  // of goodput, by level

// Standard deviation within levels, over all of them; empty where no level has a repeat.
std::optional<double> within_levels(const Logarithms& logarithms) {
    double squares = 0;
    std::size_t degrees = 0;
    for (const auto& [level, values] : logarithms) {
        double mean = 0;
        for (const double value : values)
            mean += value / static_cast<double>(values.size());
        for (const double value : values)
            squares += (value - mean) * (value - mean);
        degrees += values.size() - 1;
    }
    if (degrees == 0) return std::nullopt;
    return std::sqrt(squares / static_cast<double>(degrees));
}

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
    std::optional<double> deviation = within_levels(logarithms);
    result.between_levels = !deviation;
    if (!deviation) deviation = between_levels(logarithms);
    if (!deviation) return std::nullopt;
    result.share = std::expm1(*deviation);
    return result;
}

}  // namespace joust::analysis
