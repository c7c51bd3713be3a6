#pragma once

#include <cstdint>
#include <string>

#include "base/file.hpp"

namespace joust::runtime {

/// Size of a party's log in bytes; 0 if it is not there.
std::uint64_t log_size(const Path& log);

/// What was written to it from `offset` on, at most its last 64 KiB; "" if it is not there.
std::string log_text(const Path& log, std::uint64_t offset);

/// "; its last lines:\n…" to end an error message with, or "; it printed nothing".
std::string log_ending(const Path& log, std::uint64_t offset, std::size_t lines);

}  // namespace joust::runtime
