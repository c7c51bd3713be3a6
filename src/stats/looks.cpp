#include "stats/looks.hpp"

#include <algorithm>

namespace joust::stats {

std::optional<Look> last_look(int blocks) {
    std::optional<Look> reached;
    for (const Look& look : k_looks)
        if (look.blocks <= blocks) reached = look;
    return reached;
}

std::optional<Look> judged_by(int blocks, RunState state) {
    const auto reached = last_look(blocks);
    if (!reached) return std::nullopt;
    if (state == RunState::over) return Look{.blocks = blocks, .p = k_looks.back().p};
    return reached->blocks == blocks ? reached : std::nullopt;
}

std::optional<double> sequential_p_value(std::span<const LookResult> looks) {
    if (looks.empty()) return std::nullopt;
    double smallest = 1;
    for (const LookResult& seen : looks)
        smallest = std::min(smallest, seen.p_value / seen.look.p * k_overall_level);
    return smallest;
}

}  // namespace joust::stats
