#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace joust::model {

/// What the host of the load generator can run out of, so that a request fails whatever the target does.
enum class Shortage : std::uint8_t { local_ports, local_address, open_files, host_files, memory, watches };
inline constexpr std::size_t k_shortages = 6;

/// "local_ports", … as in the JSON keys.
std::string_view name(Shortage shortage);
/// What there was too little of, and what helps: "local ports ran out", "use keep-alive, …".
struct ShortageText {
    std::string_view what;
    std::string_view remedy;
};
const ShortageText& text_of(Shortage shortage);

/// Counts by what was short.
struct Shortages {
    std::array<std::uint64_t, k_shortages> count{};

    std::uint64_t& operator[](Shortage shortage) { return count[static_cast<std::size_t>(shortage)]; }
    std::uint64_t operator[](Shortage shortage) const { return count[static_cast<std::size_t>(shortage)]; }
    friend bool operator==(const Shortages&, const Shortages&) = default;
};

}  // namespace joust::model
