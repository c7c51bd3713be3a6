#include "stats/base64.hpp"

#include <array>
#include <cstdint>

namespace joust::stats {
namespace {

constexpr std::string_view k_alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint8_t k_no_digit = 64;

constexpr std::array<std::uint8_t, 256> k_digits = [] {
    std::array<std::uint8_t, 256> digits{};
    digits.fill(k_no_digit);
    for (std::size_t i = 0; i < k_alphabet.size(); ++i)
        digits[static_cast<unsigned char>(k_alphabet[i])] = static_cast<std::uint8_t>(i);
    return digits;
}();

}  // namespace

std::string to_base64(std::string_view bytes) {
    std::string text;
    text.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const std::string_view group = bytes.substr(i, 3);
        std::uint32_t bits = 0;
        for (std::size_t j = 0; j < 3; ++j)
            bits = (bits << 8) | (j < group.size() ? static_cast<unsigned char>(group[j]) : 0U);
        for (std::size_t j = 0; j < 4; ++j)
            text += j <= group.size() ? k_alphabet[(bits >> (18 - 6 * j)) & 63U] : '=';
    }
    return text;
}

std::optional<std::string> from_base64(std::string_view text) {
    if (text.size() % 4 != 0) return std::nullopt;
    std::size_t padding = 0;
    while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=')
        ++padding;
    std::string bytes;
    bytes.reserve(text.size() / 4 * 3);
    std::uint32_t bits = 0;
    int pending = 0;  // bits not yet given out
    for (const char c : text.substr(0, text.size() - padding)) {
        const std::uint8_t digit = k_digits[static_cast<unsigned char>(c)];
        if (digit == k_no_digit) return std::nullopt;
        bits = (bits << 6) | digit;
        pending += 6;
        if (pending < 8) continue;
        pending -= 8;
        bytes += static_cast<char>((bits >> pending) & 0xFFU);
    }
    // What is left over in the last digit must be zero, or two texts would mean the same bytes.
    if ((bits & ((1U << pending) - 1)) != 0) return std::nullopt;
    return bytes;
}

}  // namespace joust::stats
