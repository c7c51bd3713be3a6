#include "files/toml_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <sstream>
#include <utility>

namespace joust::files {
namespace {

std::string type_name(const toml::node& node) {
    switch (node.type()) {
        case toml::node_type::string:
            return "a string";
        case toml::node_type::integer:
            return "an integer";
        case toml::node_type::floating_point:
            return "a number with a fraction";
        case toml::node_type::boolean:
            return "true or false";
        case toml::node_type::array:
            return "a list";
        case toml::node_type::table:
            return "a table";
        default:
            return "a date or time";
    }
}

nlohmann::ordered_json to_json(const toml::node& node) {
    if (const auto* table = node.as_table()) {
        // toml++ orders keys by name; the file's order is that of the positions.
        std::vector<std::pair<std::string, const toml::node*>> entries;
        for (const auto& [key, value] : *table)
            entries.emplace_back(std::string(key.str()), &value);
        std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) {
            const auto left = a.second->source().begin;
            const auto right = b.second->source().begin;
            return std::pair(left.line, left.column) < std::pair(right.line, right.column);
        });
        nlohmann::ordered_json object = nlohmann::ordered_json::object();
        for (const auto& [key, value] : entries)
            object[key] = to_json(*value);
        return object;
    }
    if (const auto* array = node.as_array()) {
        nlohmann::ordered_json list = nlohmann::ordered_json::array();
        for (const auto& item : *array)
            list.push_back(to_json(item));
        return list;
    }
    if (const auto text = node.value_exact<std::string>()) return *text;
    if (const auto integer = node.value_exact<std::int64_t>()) return *integer;
    if (const auto number = node.value_exact<double>()) return *number;
    if (const auto flag = node.value_exact<bool>()) return *flag;
    return nullptr;
}

RisingIntegers wrong(const toml::node& culprit, std::string problem) {
    return {.values = {}, .problem = std::move(problem), .culprit = &culprit};
}

constexpr std::uint64_t k_most_integers = 1000;

RisingIntegers from_list(const toml::array& list, std::int64_t low, std::int64_t high) {
    if (list.size() > k_most_integers)
        return wrong(list, fmt::format("has more than {} integers", k_most_integers));
    RisingIntegers read;
    for (const toml::node& item : list) {
        const auto value = item.value_exact<std::int64_t>();
        if (!value) return wrong(item, "has " + type_and_value(item));
        if (*value < low || *value > high) return wrong(item, fmt::format("has {}", *value));
        if (!read.values.empty() && *value <= read.values.back())
            return wrong(item, fmt::format("has {} after {}", *value, read.values.back()));
        read.values.push_back(*value);
    }
    return read.values.empty() ? wrong(list, "is an empty list") : read;
}

RisingIntegers from_range(const toml::table& range, std::int64_t low, std::int64_t high) {
    const auto from = range["from"].value_exact<std::int64_t>();
    const auto to = range["to"].value_exact<std::int64_t>();
    const auto step = range["step"].value_exact<std::int64_t>();
    if (range.size() != 3 || !from || !to || !step)
        return wrong(range, "is a table of other keys than from, to and step");
    if (*step < 1) return wrong(range, fmt::format("goes in steps of {}", *step));
    if (*from < low || *to > high || *to < *from)
        return wrong(range, fmt::format("goes from {} to {}", *from, *to));
    // Unsigned: the difference of two integers of 64 bits may have 65.
    if ((static_cast<std::uint64_t>(*to) - static_cast<std::uint64_t>(*from)) /
            static_cast<std::uint64_t>(*step) >=
        k_most_integers)
        return wrong(range, fmt::format("has more than {} steps", k_most_integers));
    RisingIntegers read;
    // Counts what is left, so that a step of any size cannot overflow.
    for (std::int64_t value = *from;; value += *step) {
        read.values.push_back(value);
        if (*to - value < *step) return read;
    }
}

}  // namespace

std::string rendered(const toml::node& node) {
    std::ostringstream out;
    node.visit([&](const auto& value) {
        if constexpr (toml::is_string<decltype(value)>) {
            out << '"' << *value << '"';
        } else if constexpr (toml::is_boolean<decltype(value)>) {
            out << (*value ? "true" : "false");
        } else if constexpr (toml::is_integer<decltype(value)> || toml::is_floating_point<decltype(value)>) {
            out << *value;
        }
    });
    return out.str();
}

std::string type_and_value(const toml::node& node) {
    const std::string value = rendered(node);
    return type_name(node) + (value.empty() ? "" : ": ") + value;
}

const toml::node* without_json(const toml::node& node) {
    if (const auto* table = node.as_table()) {
        for (const auto& [key, value] : *table)
            if (const toml::node* found = without_json(value)) return found;
        return nullptr;
    }
    if (const auto* array = node.as_array()) {
        for (const toml::node& item : *array)
            if (const toml::node* found = without_json(item)) return found;
        return nullptr;
    }
    if (const auto number = node.value_exact<double>()) return std::isfinite(*number) ? nullptr : &node;
    return node.is_string() || node.is_integer() || node.is_boolean() ? nullptr : &node;
}

std::string json_text(const toml::node& node) {
    return to_json(node).dump();
}

RisingIntegers rising_integers(const toml::node& node, std::int64_t low, std::int64_t high) {
    if (const auto* list = node.as_array()) return from_list(*list, low, high);
    if (const auto* range = node.as_table()) return from_range(*range, low, high);
    return wrong(node, "is " + type_and_value(node));
}

}  // namespace joust::files
