#include "analysis/load_ratios.hpp"

#include <map>
#include <optional>

#include "stats/paired_ratio.hpp"

namespace joust::analysis {
namespace {

struct LoadQuantity {
    const char* name;
    double (*of)(const model::Samples& samples);  // 0 where there is none: such a pair does not count
};

template <int Percent>
double quantile(const model::Samples& samples) {
    return static_cast<double>(samples.response_time.value_at_quantile(Percent / 100.0));
}

constexpr std::array<LoadQuantity, 3> k_quantities{
    {{"goodput", [](const model::Samples& samples) { return samples.goodput_rps(); }},
     {"response_time_p50", quantile<50>},
     {"response_time_p99", quantile<99>}}};

}  // namespace

std::vector<model::LoadRatio> load_ratios(std::span<const model::LoadSlice> slices, std::size_t targets) {
    std::map<std::pair<int, std::size_t>, const model::Samples*> by_place;
    int rounds = 0;
    for (const model::LoadSlice& slice : slices) {
        by_place[{slice.round, slice.target}] = &slice.samples;
        rounds = std::max(rounds, slice.round + 1);
    }
    std::vector<model::LoadRatio> ratios;
    for (std::size_t target = 1; target < targets; ++target) {
        for (const LoadQuantity& quantity : k_quantities) {
            std::vector<double> logs;
            for (int round = 0; round < rounds; ++round) {
                const auto one = by_place.find({round, target});
                const auto first = by_place.find({round, 0});
                if (one == by_place.end() || first == by_place.end()) continue;
                if (const auto log = stats::log_ratio(quantity.of(*one->second), quantity.of(*first->second)))
                    logs.push_back(*log);
            }
            if (const auto ratio = stats::paired_ratio(logs))
                ratios.push_back({quantity.name, target, ratio->pairs, ratio->ratio, ratio->interval});
        }
    }
    return ratios;
}

}  // namespace joust::analysis
