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
    constexpr std::array<std::string_view, 5> names{"none", "marks", "contradicts", "one_sided",
                                                    "load_bound"};
    return names[static_cast<std::size_t>(doubt)];
}

std::string_view name(DecidedBy decided_by) {
    constexpr std::array<std::string_view, 3> names{"raw", "adjusted", "both"};
    return names[static_cast<std::size_t>(decided_by)];
}

std::string_view name(Measured measured) {
    constexpr std::array<std::string_view, 3> names{"work", "load", "wait"};
    return names[static_cast<std::size_t>(measured)];
}

std::string_view name(Standing standing) {
    constexpr std::array<std::string_view, 4> names{"open", "certain", "equivalent", "narrow"};
    return names[static_cast<std::size_t>(standing)];
}

std::string_view name(NoEqualRate why) {
    constexpr std::array<std::string_view, 5> names{"not_asked", "none_counts", "too_slow", "budget",
                                                    "unfinished"};
    return names[static_cast<std::size_t>(why)];
}

std::string_view name(NoLaw reason) {
    constexpr std::array<std::string_view, 3> names{"few_rising_levels", "no_rise", "no_fit"};
    return names[static_cast<std::size_t>(reason)];
}

std::string_view name(TimePart part) {
    constexpr std::array<std::string_view, 8> names{"user_cpu",  "system_cpu", "database_cpu", "run_delay",
                                                    "lock_wait", "log_wait",   "storage_wait", "rest"};
    return names[static_cast<std::size_t>(part)];
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
    std::copy_if(ratios.begin(), ratios.end(), std::back_inserter(found), [&](const PairedRatio& ratio) {
        return ratio.quantity == quantity && !ratio.level && ratio.entrant != again;
    });
    return found;
}

const HostFloor* Comparison::floor(Quantity quantity) const {
    const auto found = std::find_if(floors.begin(), floors.end(), [quantity](const HostFloor& floor) {
        return floor.quantity == quantity;
    });
    return found == floors.end() ? nullptr : &*found;
}

}  // namespace joust::model
