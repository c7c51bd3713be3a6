#pragma once

#include <fmt/format.h>

#include <string_view>

#include "base/error.hpp"

namespace joust::terminal {

/// To be called first: a closed stdin, stdout or stderr would give its number to the next file or socket that
/// is opened, and texts would end up there. Writing to a closed stdout fails from then on; a closed stderr
/// means that messages are not wanted. SIGPIPE and SIGXFSZ are ignored: a write says why it fails.
void secure_standard_streams();

/// Writes the whole text to stdout, which may be a pipe that does not block.
Status print_text(std::string_view text);

/// Writes the whole text to stderr at once. What cannot be written has nowhere else to go.
void tell_text(std::string_view text);
template <typename... Args>
void tell(fmt::format_string<Args...> format, Args&&... args) {
    tell_text(fmt::format(format, std::forward<Args>(args)...));
}

/// To be called last: whether all that was for stdout and stderr has got there, as far as the system says.
Status close_standard_streams();

}  // namespace joust::terminal
