#include "analysis/load_ratios.hpp"

#include <array>
#include <map>
#include <optional>

#include "model/lower_bounds.hpp"
#include "model/quantity.hpp"
#include "rules/judge.hpp"
#include "stats/paired_ratio.hpp"

namespace joust::analysis {
namespace {

constexpr std::array<model::Quantity, 3> k_quantities{
    model::Quantity::goodput, model::Quantity::response_time_p50, model::Quantity::response_time_p99};

bool users_starved(const model::Samples& samples) {
    return model::users_starve(
        rules::self_check({.samples = samples, .generator = samples.generator}).findings);
}

// Of one slice; empty where it is not known: of a time where nothing was answered, or where requests that
// never ended are in it at their age, or users starved.
std::optional<double> of_slice(model::Quantity quantity, const model::Samples& samples, Nanoseconds timeout) {
    const model::QuantityRow& row = model::row(quantity);
    if (!row.quantile) return samples.goodput_rps();
    if (samples.completed_in_window == 0 || users_starved(samples) ||
        model::LowerBounds::of_response_time(samples, timeout).at_quantile(*row.quantile))
        return std::nullopt;
    return model::value(row, samples.response_time);
}

using Slices = std::map<std::pair<int, std::size_t>, const model::Samples*>;  // by round and target

model::LoadRatio ratio_of(const Slices& slices, std::size_t target, model::Quantity quantity,
                          Nanoseconds timeout) {
    model::LoadRatio result{.quantity = quantity, .target = target};
    std::vector<double> logs;
    for (const auto& [place, samples] : slices) {
        const auto first = slices.find({place.first, 0});
        if (place.second != target || first == slices.end()) continue;
        ++result.rounds;
        const auto one = of_slice(quantity, *samples, timeout);
        const auto baseline = of_slice(quantity, *first->second, timeout);
        if (!one || !baseline) continue;
        if (const auto log = stats::log_ratio(*one, *baseline)) logs.push_back(*log);
    }
    result.pairs = logs.size();
    if (result.pairs < result.rounds) return result;
    if (const auto ratio = stats::paired_ratio(logs)) {
        result.ratio = ratio->ratio;
        result.interval = ratio->interval;
    }
    return result;
}

}  // namespace

std::vector<model::LoadRatio> load_ratios(std::span<const model::LoadSlice> slices, std::size_t targets,
                                          Nanoseconds timeout) {
    Slices by_place;
    for (const model::LoadSlice& slice : slices)
        by_place[{slice.round, slice.target}] = &slice.samples;
    std::vector<model::LoadRatio> ratios;
    for (std::size_t target = 1; target < targets; ++target)
        for (const model::Quantity quantity : k_quantities)
            ratios.push_back(ratio_of(by_place, target, quantity, timeout));
    return ratios;
}

}  // namespace joust::analysis
