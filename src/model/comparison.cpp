#include "model/comparison.hpp"

#include <algorithm>
#include <array>

namespace joust::model {

std::string_view name(Verdict verdict) {
    constexpr std::array<std::string_view, 5> names{"faster", "slower", "equivalent", "inconclusive",
                                                    "invalid"};
    return names[static_cast<std::size_t>(verdict)];
}

std::string_view name(Doubt doubt) {
    constexpr std::array<std::string_view, 4> names{"none", "marks", "contradicts", "one_sided"};
    return names[static_cast<std::size_t>(doubt)];
}

const Estimate* Cell::find(Quantity quantity) const {
    const auto found = figures.find(quantity);
    return found == figures.end() ? nullptr : &found->second;
}

double Cell::error_rate() const {
    return model::error_rate(requests, errors);
}

const Cell* Comparison::cell(const std::string& entrant, std::int64_t level) const {
    for (const Cell& candidate : cells)
        if (candidate.entrant == entrant && candidate.level == level) return &candidate;
    return nullptr;
}

const PairedRatio* Comparison::ratio(Quantity quantity, const std::string& entrant,
                                     std::optional<std::int64_t> level) const {
    for (const PairedRatio& candidate : ratios)
        if (candidate.quantity == quantity && candidate.entrant == entrant && candidate.level == level)
            return &candidate;
    return nullptr;
}

std::vector<PairedRatio> Comparison::pooled(Quantity quantity) const {
    std::vector<PairedRatio> found;
    std::copy_if(ratios.begin(), ratios.end(), std::back_inserter(found),
                 [&](const PairedRatio& ratio) { return ratio.quantity == quantity && !ratio.level; });
    return found;
}

}  // namespace joust::model
