#include "model/name_rules.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"

namespace joust::model {
namespace {

constexpr std::size_t k_longest = 64;

bool is_letter_or_digit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

}  // namespace

bool is_name(std::string_view text) {
    return !text.empty() && text.size() <= k_longest && is_letter_or_digit(text.front()) &&
           text.find("..") == std::string_view::npos && std::all_of(text.begin(), text.end(), [](char c) {
               return is_letter_or_digit(c) || c == '.' || c == '_' || c == '-';
           });
}

std::string not_a_name(std::string_view text) {
    return fmt::format(
        "is \"{}\"; write a name of at most {} lower-case letters, digits, '.', '_' and '-' that begins with "
        "a "
        "letter or digit and has no \"..\"",
        printable(text.substr(0, 2 * k_longest)), k_longest);
}

}  // namespace joust::model
