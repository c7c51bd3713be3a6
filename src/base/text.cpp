#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace joust {

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view blanks = " \t\r\n";
    const std::size_t first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    for (;;) {
        const std::size_t end = text.find(separator);
        parts.push_back(text.substr(0, end));
        if (end == std::string_view::npos) return parts;
        text.remove_prefix(end + 1);
    }
}

std::string joined(const std::vector<std::string>& parts, std::string_view separator) {
    std::string text;
    for (const std::string& part : parts) {
        if (&part != &parts.front()) text += separator;
        text += part;
    }
    return text;
}

std::string filled(std::string_view text, const Replacements& values) {
    std::string result;
    while (!text.empty()) {
        const std::size_t open = text.find('{');
        result += text.substr(0, open);
        if (open == std::string_view::npos) break;
        text.remove_prefix(open);
        const auto match = std::find_if(values.begin(), values.end(), [&](const auto& value) {
            return text.substr(1, value.first.size()) == value.first &&
                   text.substr(1 + value.first.size(), 1) == "}";
        });
        result += match == values.end() ? std::string(1, '{') : match->second;
        text.remove_prefix(match == values.end() ? 1 : match->first.size() + 2);
    }
    return result;
}

namespace {

unsigned byte_at(std::string_view text, std::size_t at) {
    return static_cast<unsigned char>(text[at]);
}

}  // namespace

std::size_t utf8_length(std::string_view text) {
    if (text.empty()) return 0;
    const unsigned lead = byte_at(text, 0);
    if (lead < 0x80U) return 1;
    const std::size_t length = lead >= 0xf0U ? 4 : lead >= 0xe0U ? 3 : 2;
    if (lead < 0xc2U || lead > 0xf4U || text.size() < length) return 0;
    for (std::size_t i = 1; i < length; ++i)
        if ((byte_at(text, i) & 0xc0U) != 0x80U) return 0;
    // No overlong forms, no surrogates, nothing beyond U+10FFFF.
    const unsigned second = byte_at(text, 1);
    const bool wrong = (lead == 0xe0U && second < 0xa0U) || (lead == 0xedU && second > 0x9fU) ||
                       (lead == 0xf0U && second < 0x90U) || (lead == 0xf4U && second > 0x8fU);
    return wrong ? 0 : length;
}

bool is_utf8(std::string_view text) {
    while (!text.empty()) {
        const std::size_t length = utf8_length(text);
        if (length == 0) return false;
        text.remove_prefix(length);
    }
    return true;
}

namespace {

// Characters that a terminal or an editor obeys instead of showing them: controls (U+0080 to U+009F are some
// too: a terminal may take U+009B for ESC [), line and paragraph separators, the byte order mark, and those
// that turn the direction of what follows ("Trojan Source", Boucher and Anderson, 2021).
bool is_obeyed(std::string_view character) {
    const unsigned first = byte_at(character, 0);
    if (character.size() == 1) return first < 0x20U || first == 0x7fU;
    const unsigned second = byte_at(character, 1);
    if (character.size() == 2)
        return (first == 0xc2U && second < 0xa0U) || (first == 0xd8U && second == 0x9cU);
    if (character.size() != 3) return false;
    const unsigned third = byte_at(character, 2);
    const bool mark = first == 0xe2U && second == 0x80U && (third == 0x8eU || third == 0x8fU);
    const bool line_or_turn = first == 0xe2U && second == 0x80U && third >= 0xa8U && third <= 0xaeU;
    const bool isolate = first == 0xe2U && second == 0x81U && third >= 0xa6U && third <= 0xa9U;
    return mark || line_or_turn || isolate || (first == 0xefU && second == 0xbbU && third == 0xbfU);
}

// Bytes of a character at the start of `text` that is no text for a reader; 0: it is harmless.
std::size_t harmful_length(std::string_view text, std::size_t length) {
    if (length == 0) return 1;
    return is_obeyed(text.substr(0, length)) ? length : 0;
}

}  // namespace

bool is_printable(std::string_view text) {
    while (!text.empty()) {
        const std::size_t length = utf8_length(text);
        if (harmful_length(text, length) > 0) return false;
        text.remove_prefix(length);
    }
    return true;
}

namespace {

// `invalid` stands for each byte that is no UTF-8; empty: it is shown as \xNN.
std::string shown(std::string_view text, std::string_view invalid) {
    std::string result;
    while (!text.empty()) {
        const std::size_t length = utf8_length(text);
        const std::size_t harmful = harmful_length(text, length);
        if (harmful == 0)
            result += text.substr(0, length);
        else if (length == 0 && !invalid.empty())
            result += invalid;
        else
            for (std::size_t i = 0; i < harmful; ++i)
                result += fmt::format("\\x{:02X}", byte_at(text, i));
        text.remove_prefix(std::max<std::size_t>(length, 1));
    }
    return result;
}

}  // namespace

std::string printable(std::string_view text) {
    return shown(text, "");
}

std::string storable(std::string_view text) {
    return shown(text, "\uFFFD");
}

std::string printable_lines(std::string_view text) {
    std::string result;
    for (const std::string_view line : split(text, '\n')) {
        for (const std::string_view& part : split(line, '\t'))
            result += printable(part) + '\t';
        result.back() = '\n';
    }
    result.pop_back();
    return result;
}

std::string shell_word(std::string_view word) {
    constexpr std::string_view harmless =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./-";
    if (!word.empty() && word.find_first_not_of(harmless) == std::string_view::npos) return std::string(word);
    const bool plain = is_printable(word);
    std::string quoted = plain ? "'" : "$'";
    while (!word.empty()) {
        const std::size_t length = utf8_length(word);
        const std::string_view character = word.substr(0, std::max<std::size_t>(length, 1));
        if (const std::size_t harmful = harmful_length(word, length); harmful > 0)
            for (std::size_t i = 0; i < harmful; ++i)
                quoted += fmt::format("\\{:03o}", byte_at(word, i));
        else if (character == "'")
            quoted += plain ? "'\\''" : "\\'";
        else if (character == "\\" && !plain)
            quoted += "\\\\";
        else
            quoted += character;
        word.remove_prefix(character.size());
    }
    return quoted + '\'';
}

bool nested_too_deeply(std::string_view json) {
    int depth = 0;
    bool quoted = false;
    for (std::size_t i = 0; i < json.size(); ++i) {
        const char c = json[i];
        if (quoted && c == '\\')
            ++i;
        else if (c == '"')
            quoted = !quoted;
        else if (!quoted && (c == '{' || c == '['))
            if (++depth > k_most_json_levels) return true;
        if (!quoted && (c == '}' || c == ']')) --depth;
    }
    return false;
}

std::string last_lines(std::string_view text, std::size_t count) {
    while (!text.empty() && text.back() == '\n')
        text.remove_suffix(1);
    std::size_t start = text.size();  // where the newline before the wanted lines is
    for (std::size_t found = 0; found < count; ++found) {
        start = start == 0 ? std::string_view::npos : text.rfind('\n', start - 1);
        if (start == std::string_view::npos) return std::string(text);
    }
    return std::string(text.substr(std::min(start + 1, text.size())));
}

std::string nearest(std::string_view word, const std::vector<std::string>& candidates) {
    constexpr std::size_t longest = 100;  // the distance costs the product of the lengths
    std::string best;
    if (word.size() > longest) return best;
    std::size_t best_distance = std::max<std::size_t>(word.size() / 3, 1) + 1;
    for (const std::string& candidate : candidates) {
        std::vector<std::size_t> row(candidate.size() + 1);
        std::vector<std::size_t> last(row.size());
        std::vector<std::size_t> last_but_one(row.size());
        std::iota(row.begin(), row.end(), 0U);
        for (std::size_t i = 0; i < word.size(); ++i) {
            last_but_one.swap(last);
            last = row;
            row[0] = i + 1;
            for (std::size_t j = 0; j < candidate.size(); ++j) {
                const std::size_t substituted = last[j] + (word[i] == candidate[j] ? 0 : 1);
                row[j + 1] = std::min({substituted, row[j] + 1, last[j + 1] + 1});
                if (i > 0 && j > 0 && word[i] == candidate[j - 1] && word[i - 1] == candidate[j])
                    row[j + 1] = std::min(row[j + 1], last_but_one[j - 1] + 1);
            }
        }
        if (row.back() >= best_distance) continue;
        best_distance = row.back();
        best = candidate;
    }
    return best;
}

}  // namespace joust
