#include "database/change_log.hpp"

#include <charconv>
#include <string_view>

namespace joust::database {
namespace {

std::optional<std::uint64_t> hexadecimal(std::string_view text) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, 16);
    if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
}

// "16/B374D848": the upper and the lower 32 bits.
std::optional<std::uint64_t> place(std::string_view text) {
    const std::size_t slash = text.find('/');
    if (slash == std::string_view::npos) return std::nullopt;
    const auto upper = hexadecimal(text.substr(0, slash));
    const auto lower = hexadecimal(text.substr(slash + 1));
    constexpr std::uint64_t most = 0xFFFF'FFFF;
    if (!upper || !lower || *upper > most || *lower > most) return std::nullopt;
    return (*upper << 32U) | *lower;
}

}  // namespace

std::optional<std::uint64_t> bytes_of(const ChangeLog& log) {
    const auto start = place(log.start);
    const auto end = place(log.end);
    if (!start || !end || *end < *start) return std::nullopt;
    return *end - *start;
}

}  // namespace joust::database
