#include "analysis/load_ratios.hpp"

#include <array>
#include <map>
#include <optional>

#include "model/lower_bounds.hpp"
#include "stats/paired_ratio.hpp"

namespace joust::analysis {
namespace {

struct LoadQuantity {
    const char* name;
    // Of one slice; empty where it is not known.
    std::optional<double> (*of)(const model::Samples& samples, Nanoseconds timeout);
};

std::optional<double> goodput(const model::Samples& samples, Nanoseconds /*timeout*/) {
    return samples.goodput_rps();
}

// Unknown where nothing was answered, or where requests that never ended are in it at their age.
template <int Percent>
std::optional<double> quantile(const model::Samples& samples, Nanoseconds timeout) {
    constexpr double k_quantile = Percent / 100.0;
    if (samples.completed_in_window == 0 ||
        model::LowerBounds::of_response_time(samples, timeout).at_quantile(k_quantile))
        return std::nullopt;
    return static_cast<double>(samples.response_time.value_at_quantile(k_quantile));
}

constexpr std::array<LoadQuantity, 3> k_quantities{
    {{"goodput", goodput}, {"response_time_p50", quantile<50>}, {"response_time_p99", quantile<99>}}};

using Slices = std::map<std::pair<int, std::size_t>, const model::Samples*>;  // by round and target

model::LoadRatio ratio_of(const Slices& slices, std::size_t target, const LoadQuantity& quantity,
                          Nanoseconds timeout) {
    model::LoadRatio result{.quantity = quantity.name, .target = target};
    std::vector<double> logs;
    for (const auto& [place, samples] : slices) {
        const auto first = slices.find({place.first, 0});
        if (place.second != target || first == slices.end()) continue;
        ++result.rounds;
        const auto one = quantity.of(*samples, timeout);
        const auto baseline = quantity.of(*first->second, timeout);
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
        for (const LoadQuantity& quantity : k_quantities)
            ratios.push_back(ratio_of(by_place, target, quantity, timeout));
    return ratios;
}

}  // namespace joust::analysis
