#pragma once

#include <cstdint>
#include <string>

#include "base/file.hpp"

namespace joust::runtime {

// A log is read as a regular file only; a link or a FIFO of its name counts as not there.

/// Size of a party's log in bytes; 0 if it is not there.
std::uint64_t log_size(const Path& log);

/// What was written to it from `offset` on, at most its last `most` bytes; "" if it is not there.
std::string log_text(const Path& log, std::uint64_t offset, std::uint64_t most = 64 * 1024);

/// The path of a log, for messages, if it is in a folder that is held open (/proc/self/fd/N/x.log).
Path shown_path(const Path& log);

/// The end of an error message about a program: "; its last lines:\n…", or "; it printed nothing".
std::string log_ending(const Path& log, std::uint64_t offset, std::size_t lines);

}  // namespace joust::runtime
