#pragma once

#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

#include <cstdint>
#include <string>
#include <vector>

// What TomlReader says and makes of single values; nobody else includes it, as it brings toml++ along.
namespace joust::files {

/// A string, number or truth value as it would be written in TOML; "" for anything else.
std::string rendered(const toml::node& node);
/// "an integer: 7", "a table".
std::string type_and_value(const toml::node& node);
/// What in a value JSON has no word for: a date, a time, an infinity, no number; null when there is none.
const toml::node* without_json(const toml::node& node);
/// A value of any shape but those as JSON, keys in the order of the file.
std::string json_text(const toml::node& node);

/// Integers from a list, or from { from = 50, to = 1000, step = 50 }.
struct RisingIntegers {
    std::vector<std::int64_t> values;
    std::string problem;                  ///< "has 4 after 50"; "" where there is none
    const toml::node* culprit = nullptr;  ///< what the problem is with; only where there is one
};
/// Reads rising integers: each has to be within [low, high] and above the one before; there has to be one.
RisingIntegers rising_integers(const toml::node& node, std::int64_t low, std::int64_t high);

}  // namespace joust::files
