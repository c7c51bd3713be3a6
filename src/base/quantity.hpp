#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/error.hpp"

namespace joust {

/// An amount of memory or disk.
struct Bytes {
    std::uint64_t count = 0;

    friend auto operator<=>(const Bytes&, const Bytes&) = default;
    friend Bytes operator+(Bytes a, Bytes b) { return {a.count + b.count}; }
    [[nodiscard]] double mebibytes() const { return static_cast<double>(count) / (1024.0 * 1024.0); }
};

/// Parses "512", "64KiB", "2GiB", "100MB" (MB = 10^6, MiB = 2^20; PostgreSQL's own units are not parsed
/// here).
Result<Bytes> parse_bytes(std::string_view text);
/// Parses "250ms", "30s", "1.5s", "2m", "1h", "10us"; a unit is required except for 0. At most
/// 87600h.
Result<Nanoseconds> parse_duration(std::string_view text);

/// The amount as parse_bytes() reads it back to the same value: "2GiB", "512MiB", "1536B", never a fraction.
std::string to_text(Bytes bytes);
/// The duration as parse_duration() reads it back to the same value: "30s", "250ms"; "1m30s" is written as
/// "90s".
std::string to_text(Nanoseconds duration);
/// The duration for people, rounded: "4 min 12 s", "38 s", "2 h 5 min".
std::string spoken(Nanoseconds duration);
/// The same as it is, for what somebody has set: "1.5 s", "1 min 30.25 s", "250 ms", "2 h 5 min 40 s".
std::string spoken_exactly(Nanoseconds duration);

}  // namespace joust
