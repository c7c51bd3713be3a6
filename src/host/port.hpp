#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>

#include "base/error.hpp"

namespace joust::host {

/// A TCP port of 127.0.0.1 on which nothing listens now, below the range from which outgoing connections take
/// theirs, so that a load cannot take it before the server that it is meant for has.
Result<std::uint16_t> free_loopback_port();

/// A server can listen on 127.0.0.1:`port` now; connections of an earlier one that linger do not matter.
bool port_is_free(std::uint16_t port);

/// A process that listens.
struct Listener {
    pid_t pid = 0;
    std::string name;  ///< of its program, at most 15 bytes
};
/// Who listens on the TCP port; empty when nobody does or it cannot be seen (another user's process).
std::optional<Listener> listener_on(std::uint16_t port);

}  // namespace joust::host
