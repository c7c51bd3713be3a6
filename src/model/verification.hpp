#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/audit.hpp"
#include "model/files_by_answer.hpp"
#include "model/single_requests.hpp"

namespace joust::model {

/// What `joust verify` finds out about an entrant beside what every trial shows.
struct Verification {
    std::string entrant;
    std::optional<SlowCommits> slow_commits;
    /// What was left of the answered requests after the database had been killed right behind the last
    /// answer.
    std::optional<Audit> crash;
    /// Empty where the database is a server, and where the workload declares no rows.
    std::optional<SingleRequests> single = {};
    std::optional<FilesByAnswer> files = {};
    std::vector<NotTried> left_out;  ///< the parts of `single` apart
    friend bool operator==(const Verification&, const Verification&) = default;
};

/// Whether the effects of an entrant's requests are as the contract. Persisted by name.
enum class Proof : std::uint8_t {
    proven,
    open,    ///< nothing is wrong, and some of it could not be held against the contract
    missed,  ///< something is wrong
};
std::string_view name(Proof proof);

}  // namespace joust::model
