#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "model/limits.hpp"
#include "model/usage.hpp"

namespace joust::model {

/// What a party is in a trial. Persisted by name, never by number.
enum class Role : std::uint8_t { contender, database, generator };
inline constexpr std::size_t k_roles = 3;
/// "contender", "database", "generator": as in the JSON keys.
std::string_view name(Role role);

/// Somebody whose resources are measured apart in a trial.
struct Party {
    Role role = Role::contender;
    std::string name;                              ///< of the entrant, or of its role
    Usage usage;                                   ///< over the measured window
    std::optional<LimitsInForce> limits_in_force;  ///< empty with --limits off

    friend bool operator==(const Party&, const Party&) = default;
};

}  // namespace joust::model
