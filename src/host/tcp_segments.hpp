#pragma once

#include <cstdint>
#include <vector>

#include "base/error.hpp"

namespace joust::host {

/// The kernel's counters of one established TCP connection since it was made, from its local end.
struct TcpSegments {
    std::uint64_t cookie = 0;  ///< no other socket has had it since boot
    std::uint16_t peer_port = 0;
    std::uint64_t segments_received = 0;  ///< with data
    std::uint64_t segments_sent = 0;
    std::uint64_t bytes_received = 0;
    std::uint64_t bytes_acknowledged = 0;  ///< sent, and acknowledged by the peer
    friend bool operator==(const TcpSegments&, const TcpSegments&) = default;
};

/// Established connections over IPv4 whose local port is this, in the network namespace of the caller, by
/// sock_diag(7). Fails (unsupported) where the kernel does not tell of them.
Result<std::vector<TcpSegments>> read_tcp_segments(std::uint16_t local_port);

}  // namespace joust::host
