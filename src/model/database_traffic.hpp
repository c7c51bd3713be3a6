#pragma once

#include <cstdint>
#include <optional>

namespace joust::model {

/// What went over the contender's connections with its database, as the server's kernel counts it. A message
/// that is written at once is one segment, but for each 64 KiB one more.
struct Segments {
    std::uint64_t received = 0;  ///< with data, by the server
    std::uint64_t sent = 0;
    std::uint64_t received_bytes = 0;
    std::uint64_t sent_bytes = 0;
    friend bool operator==(const Segments&, const Segments&) = default;
};

/// The traffic between a contender and its database server in the window.
struct DatabaseTraffic {
    std::uint64_t sessions_opened = 0;  ///< by the server's own count
    std::uint64_t connections = 0;      ///< that were seen in any sample
    /// Of all connections; empty where some came and went unseen, or too many ended between samples.
    std::optional<Segments> segments = {};
    friend bool operator==(const DatabaseTraffic&, const DatabaseTraffic&) = default;
};

}  // namespace joust::model
