#include "base/bars.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace joust {

std::string bar(double share, int cells, const BarStyle& style) {
    constexpr std::array<const char*, 8> k_eighths{"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    share = std::clamp(share, 0.0, 1.0);
    int eighths = static_cast<int>(std::lround(share * cells * 8));
    if (style.whole_cells)
        eighths = static_cast<int>(std::lround(share * cells)) * 8;
    else if (style.ascii)
        eighths = (eighths + 7) / 8 * 8;
    if (share > 0 && !style.whole_cells) eighths = std::max(eighths, style.ascii ? 8 : 1);
    const char* const rest = !style.track ? " " : style.ascii ? "." : "░";
    std::string text;
    for (int i = 0; i < eighths / 8; ++i)
        text += style.ascii ? "#" : "█";
    text += k_eighths[static_cast<std::size_t>(eighths % 8)];
    for (int i = (eighths + 7) / 8; i < cells; ++i)
        text += rest;
    return text;
}

std::string sparkline(const std::vector<double>& values, bool ascii) {
    constexpr std::array<const char*, 8> k_blocks{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    constexpr std::array<const char*, 8> k_ascii{"_", "_", ".", ".", "-", "-", "=", "#"};
    double most = 0;
    for (const double value : values)
        most = std::max(most, value);
    std::string text;
    for (const double value : values) {
        const double share = most > 0 ? std::max(0.0, value) / most : 0.0;
        const auto step = static_cast<std::size_t>(std::lround(share * 7));
        text += (ascii ? k_ascii : k_blocks)[step];
    }
    return text;
}

}  // namespace joust
