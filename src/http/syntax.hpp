#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace joust::http {

/// RFC 9110, 5.6.2: the characters of a token (header names, methods).
inline constexpr std::array<bool, 256> k_token_characters = [] {
    std::array<bool, 256> table{};
    for (int c = '0'; c <= '9'; ++c)
        table[static_cast<std::size_t>(c)] = true;
    for (int c = 'a'; c <= 'z'; ++c)
        table[static_cast<std::size_t>(c)] = table[static_cast<std::size_t>(c - 'a' + 'A')] = true;
    for (const char c : std::string_view("!#$%&'*+-.^_`|~"))
        table[static_cast<unsigned char>(c)] = true;
    return table;
}();

constexpr bool is_token_character(char c) {
    return k_token_characters[static_cast<unsigned char>(c)];
}

inline bool is_token(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), is_token_character);
}

constexpr char to_lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// True if the texts differ in the case of letters at most; `lower` is in lower case already.
constexpr bool equals_ignoring_case(std::string_view text, std::string_view lower) {
    if (text.size() != lower.size()) return false;
    for (std::size_t i = 0; i < text.size(); ++i)
        if (to_lower(text[i]) != lower[i]) return false;
    return true;
}

/// The text without the spaces and tabs at both ends.
constexpr std::string_view without_padding(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
        text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
        text.remove_suffix(1);
    return text;
}

constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/// `lower` is of small letters and hyphens, at least 8; no line break is in `name`. Setting the bit by which
/// letters differ in case makes no other character one of those.
inline bool is_name(std::string_view name, std::string_view lower) {
    if (name.size() != lower.size()) return false;
    const auto difference_at = [&](std::size_t at) {
        std::uint64_t a;
        std::uint64_t b;
        std::memcpy(&a, name.data() + at, sizeof a);
        std::memcpy(&b, lower.data() + at, sizeof b);
        return (a | 0x2020202020202020U) ^ b;
    };
    std::uint64_t difference = difference_at(lower.size() - 8);  // the last eight overlap those before
    for (std::size_t at = 0; at + 8 < lower.size(); at += 8)
        difference |= difference_at(at);
    return difference == 0;
}

}  // namespace joust::http
