#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace joust::files {

/// Files of people are far below these; beyond them a parser that calls itself for each level would run out
/// of stack.
inline constexpr std::size_t k_most_toml_bytes = std::size_t{4} << 20U;
inline constexpr int k_most_toml_levels = 64;     ///< of lists and tables in each other
inline constexpr int k_most_toml_key_parts = 32;  ///< of a dotted key

/// What is beyond the bounds, and where (both from 1).
struct TomlExcess {
    std::uint32_t line = 1;
    std::uint32_t column = 1;  ///< in bytes
    std::string message;
};

/// Looks for brackets, dots and characters beyond ASCII in `text`, valid TOML or not, outside of strings and
/// comments; empty where it is safe to parse.
std::optional<TomlExcess> toml_excess(std::string_view text);

}  // namespace joust::files
