#include "base/text_width.hpp"

#include <algorithm>
#include <span>

#include "base/text.hpp"
#include "base/text_width_tables.hpp"

namespace joust {
namespace {

constexpr char32_t k_emoji_selector = 0xfe0f;  // makes an emoji, two columns wide, of what it follows

bool holds(std::span<const CodePoints> ranges, char32_t character) {
    const auto after =
        std::upper_bound(ranges.begin(), ranges.end(), character,
                         [](char32_t wanted, const CodePoints& range) { return wanted < range.first; });
    return after != ranges.begin() && character <= std::prev(after)->last;
}

// The character that `text` begins with, `length` bytes long.
char32_t character_of(std::string_view text, std::size_t length) {
    constexpr std::array<unsigned, 5> k_bits_of_lead{0, 0x7f, 0x1f, 0x0f, 0x07};
    char32_t character = static_cast<unsigned char>(text[0]) & k_bits_of_lead[length];
    for (std::size_t i = 1; i < length; ++i)
        character = character << 6U | (static_cast<unsigned char>(text[i]) & 0x3fU);
    return character;
}

std::size_t width_of(char32_t character) {
    if (character < 0x20 || (character >= 0x7f && character < 0xa0)) return 0;
    if (character < 0x300) return 1;
    if (holds(k_zero_width, character)) return 0;
    return holds(k_double_width, character) ? 2 : 1;
}

struct Measured {
    std::size_t bytes;
    std::size_t columns;
};

// As much of `text` as fits; a character of no width belongs to the one before it.
Measured measured(std::string_view text, std::size_t most) {
    Measured all{0, 0};
    std::size_t last = 0;
    while (all.bytes < text.size()) {
        const std::string_view rest = text.substr(all.bytes);
        const std::size_t length = utf8_length(rest);
        const char32_t character = length == 0 ? U'?' : character_of(rest, length);
        const std::size_t width = character == k_emoji_selector ? (last == 1 ? 1 : 0) : width_of(character);
        if (all.columns + width > most) break;
        all.bytes += std::max<std::size_t>(length, 1);
        all.columns += width;
        last = width;
    }
    return all;
}

}  // namespace

std::size_t display_width(std::string_view text) {
    return measured(text, std::string_view::npos).columns;
}

std::string_view cut_to_width(std::string_view text, std::size_t columns) {
    return text.substr(0, measured(text, columns).bytes);
}

}  // namespace joust
