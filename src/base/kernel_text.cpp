#include "base/kernel_text.hpp"

#include <charconv>

#include "base/text.hpp"

namespace joust {

std::optional<std::uint64_t> leading_number(std::string_view text) {
    text = trimmed(text);
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() ? std::optional(value) : std::nullopt;
}

std::optional<std::string_view> value_of(std::string_view lines, std::string_view key, char separator) {
    for (const std::string_view line : split(lines, '\n')) {
        const std::size_t at = line.find(separator);
        if (at != std::string_view::npos && trimmed(line.substr(0, at)) == key)
            return trimmed(line.substr(at + 1));
    }
    return std::nullopt;
}

std::optional<std::uint64_t> number_of(std::string_view lines, std::string_view key, char separator) {
    const std::optional<std::string_view> value = value_of(lines, key, separator);
    return value ? leading_number(*value) : std::nullopt;
}

NumberTable number_table(std::string_view lines) {
    NumberTable table;
    for (const std::string_view line : split(lines, '\n')) {
        const std::size_t space = line.find(' ');
        if (space == std::string_view::npos) continue;
        std::int64_t value = 0;
        std::from_chars(line.data() + space + 1, line.data() + line.size(), value);
        table.emplace(line.substr(0, space), value);
    }
    return table;
}

std::optional<std::int64_t> in(const NumberTable& table, std::string_view key) {
    const auto found = table.find(key);
    if (found == table.end()) return std::nullopt;
    return found->second;
}

std::optional<std::string> first_line(const Path& path) {
    const Result<std::string> text = read_file(path);
    if (!text || trimmed(*text).empty()) return std::nullopt;
    return std::string(trimmed(split(*text, '\n').front()));
}

}  // namespace joust
