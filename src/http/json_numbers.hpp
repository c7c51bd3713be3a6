#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace joust::http {

/// What a number stands for that no double reaches: the largest one, or its negative. No value that is
/// expected may be that.
inline constexpr std::string_view k_beyond_doubles = "1.7976931348623157e308";

/// `json` with each well-formed number that the parser cannot hold written so that it can: integers of more
/// than 64 bits as doubles, and what is beyond doubles as k_beyond_doubles; empty when there is none. Text
/// that is no JSON stays none. Takes time in proportion to its length.
std::optional<std::string> with_numbers_in_range(std::string_view json);

}  // namespace joust::http
