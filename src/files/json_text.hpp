#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string_view>

#include "base/error.hpp"

namespace joust::files {

/// Levels of objects and lists in each other, far above those of the files that Joust writes.
inline constexpr int k_most_file_json_levels = 32;
/// Objects, lists and plain values of one document. A trial with two million requests without an answer has
/// six million.
inline constexpr std::size_t k_most_json_values = std::size_t{8} << 20U;

/// Parses a document that a stranger may have written: an object within these bounds, or an error of kind
/// bad_input that says what is wrong. (Not ordered_json, which takes a square of time for its keys.)
Result<nlohmann::json> parse_json_object(std::string_view text);

}  // namespace joust::files
