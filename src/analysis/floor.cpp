#include "analysis/floor.hpp"

#include <algorithm>
#include <cmath>

#include "analysis/ratios.hpp"

namespace joust::analysis {

namespace {

// Whether nothing but the label sets them apart.
bool same(const model::Benchmark& benchmark, const model::Entrant& one, const model::Entrant& other) {
    return one.contender == other.contender && one.variant.commit == other.variant.commit &&
           one.variant.settings == other.variant.settings &&
           runtime_of(benchmark, one) == runtime_of(benchmark, other);
}

model::HostFloor floor_of(model::Quantity quantity, double low, double high) {
    model::HostFloor found{.quantity = quantity, .half_width = std::sqrt(high / low) - 1};
    found.different = low > 1 || high < 1;
    found.floor = found.different ? std::max(high, 1 / low) - 1 : found.half_width;
    return found;
}

}  // namespace

std::optional<std::string> baseline_again(const model::Benchmark& benchmark) {
    const auto& entrants = benchmark.entrants;
    const auto baseline = std::find_if(entrants.begin(), entrants.end(), [&](const model::Entrant& entrant) {
        return entrant.label == benchmark.baseline;
    });
    const auto again = std::find_if(entrants.begin(), entrants.end(), [&](const model::Entrant& entrant) {
        return baseline != entrants.end() && entrant.label != baseline->label &&
               same(benchmark, entrant, *baseline);
    });
    return again == entrants.end() ? std::nullopt : std::optional(again->label);
}

std::vector<model::HostFloor> host_floors(const Evidence& evidence, const Sides& sides) {
    std::vector<model::HostFloor> floors;
    for (const model::Quantity quantity : model::k_compared_quantities) {
        // What a verdict of this run would have needed, at the confidence of its own look.
        const model::PairedRatio ratio = pooled_ratio(evidence, quantity, sides);
        if (ratio.low && ratio.high && *ratio.low > 0)
            floors.push_back(floor_of(quantity, *ratio.low, *ratio.high));
    }
    return floors;
}

}  // namespace joust::analysis
