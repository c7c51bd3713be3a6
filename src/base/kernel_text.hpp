#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.hpp"

namespace joust {

/// The number that a text begins with, after spaces; empty where there is none, or it is beyond 64 bits.
std::optional<std::uint64_t> leading_number(std::string_view text);

/// The text behind "key<separator>" in the first line that has it, without the spaces around it; empty
/// where none does. So are /proc/cpuinfo, /proc/PID/status and /etc/os-release written.
std::optional<std::string_view> value_of(std::string_view lines, std::string_view key, char separator);
/// The number that this value begins with.
std::optional<std::uint64_t> number_of(std::string_view lines, std::string_view key, char separator = ':');

/// Numbers by key.
using NumberTable = std::map<std::string, std::int64_t, std::less<>>;
/// The lines "key number" of a file, as in cpu.stat and memory.stat.
NumberTable number_table(std::string_view lines);
/// The number of a key; empty where the table does not have it.
std::optional<std::int64_t> in(const NumberTable& table, std::string_view key);

/// The first line of a file, without the spaces around it; empty where the file cannot be read or the line is
/// empty.
std::optional<std::string> first_line(const Path& path);

}  // namespace joust
