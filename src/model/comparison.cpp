#include "model/comparison.hpp"

#include <array>

namespace joust::model {

std::string_view name(Validity validity) {
    constexpr std::array<std::string_view, 3> names{"valid", "suspect", "invalid"};
    return names[static_cast<std::size_t>(validity)];
}

std::string_view name(Verdict verdict) {
    constexpr std::array<std::string_view, 5> names{"faster", "slower", "equivalent", "inconclusive",
                                                    "invalid"};
    return names[static_cast<std::size_t>(verdict)];
}

const Cell* Comparison::cell(const std::string& contender, std::int64_t level) const {
    for (const Cell& candidate : cells)
        if (candidate.contender == contender && candidate.level == level) return &candidate;
    return nullptr;
}

}  // namespace joust::model
