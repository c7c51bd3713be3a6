#include "files/toml_writer.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <nlohmann/json.hpp>
#include <sstream>
#include <vector>

namespace joust::files {
namespace {

toml::array array_of(const nlohmann::json& list);
toml::table table_of(const nlohmann::json& object);

// Hands the value over as what TOML makes of it.
template <typename Take>
void hand_over(const nlohmann::json& value, const Take& take) {
    if (value.is_object())
        take(table_of(value));
    else if (value.is_array())
        take(array_of(value));
    else if (value.is_boolean())
        take(value.get<bool>());
    else if (value.is_number_integer())
        take(value.get<std::int64_t>());
    else if (value.is_number())
        take(value.get<double>());
    else if (value.is_string())
        take(value.get<std::string>());
}

toml::array array_of(const nlohmann::json& list) {
    toml::array array;
    for (const nlohmann::json& item : list)
        hand_over(item, [&](auto&& node) { array.push_back(std::forward<decltype(node)>(node)); });
    return array;
}

toml::table table_of(const nlohmann::json& object) {
    toml::table table;
    for (auto member = object.begin(); member != object.end(); ++member)
        hand_over(*member,
                  [&](auto&& node) { table.insert(member.key(), std::forward<decltype(node)>(node)); });
    return table;
}

// A plain value as toml++ formats it: strings on one line in double quotes, controls as escapes.
template <typename Value>
std::string formatted(const Value& value) {
    std::ostringstream text;
    text << toml::toml_formatter(value, toml::format_flags::allow_unicode_strings);
    return text.str();
}

// toml++ 3.3 leaves a key of letters and apostrophes bare, which it does not read again; so keys are written
// here.
std::string key_text(std::string_view key) {
    const bool bare = !key.empty() && std::all_of(key.begin(), key.end(), [](unsigned char c) {
        return c == '_' || c == '-' || (c < 0x80 && std::isalnum(c) != 0);
    });
    return bare ? std::string(key) : formatted(toml::value<std::string>(std::string(key)));
}

std::string inline_text(const toml::node& node);

std::string inline_text(const toml::table& table) {
    std::vector<std::string> members;
    for (const auto& [key, value] : table)
        members.push_back(fmt::format("{} = {}", key_text(key.str()), inline_text(value)));
    return members.empty() ? "{}" : fmt::format("{{ {} }}", fmt::join(members, ", "));
}

std::string inline_text(const toml::node& node) {
    if (const auto* table = node.as_table()) return inline_text(*table);
    if (const auto* array = node.as_array()) {
        std::vector<std::string> items;
        for (const toml::node& item : *array)
            items.push_back(inline_text(item));
        return fmt::format("[{}]", fmt::join(items, ", "));
    }
    if (const auto* number = node.as_floating_point())
        if (std::isfinite(number->get())) {
            // The shortest text that reads back the same; TOML tells numbers with a fraction by their point.
            std::string text = fmt::format("{}", number->get());
            if (text.find_first_of(".e") == std::string::npos) text += ".0";
            return text;
        }
    return node.visit([](const auto& value) { return formatted(value); });
}

bool has_tables(const toml::node& node) {
    const auto* array = node.as_array();
    return array != nullptr && !array->empty() &&
           std::all_of(array->begin(), array->end(), [](const toml::node& item) { return item.is_table(); });
}

// Plain values first: in TOML they would belong to the table above them.
void write(const toml::table& table, const std::string& path, std::string& text) {
    const auto stands_apart = [](const toml::node& node) {
        const auto* inner = node.as_table();
        return inner != nullptr ? !inner->is_inline() : has_tables(node);
    };
    for (const auto& [key, value] : table)
        if (!stands_apart(value)) text += fmt::format("{} = {}\n", key_text(key.str()), inline_text(value));
    for (const auto& [key, value] : table) {
        if (!stands_apart(value)) continue;
        const std::string name = path + key_text(key.str());
        if (const auto* inner = value.as_table()) {
            text += fmt::format("\n[{}]\n", name);
            write(*inner, name + ".", text);
            continue;
        }
        for (const toml::node& item : *value.as_array()) {
            text += fmt::format("\n[[{}]]\n", name);
            write(*item.as_table(), name + ".", text);
        }
    }
}

}  // namespace

std::string toml_document(const toml::table& table) {
    std::string text;
    write(table, "", text);
    return text;
}

void insert_json(toml::table& table, std::string_view key, std::string_view json) {
    const nlohmann::json value = nlohmann::json::parse(json, nullptr, false);
    if (value.is_discarded()) return;
    hand_over(value, [&](auto&& node) { table.insert_or_assign(key, std::forward<decltype(node)>(node)); });
}

toml::table on_one_line(toml::table table) {
    table.is_inline(true);
    return table;
}

}  // namespace joust::files
