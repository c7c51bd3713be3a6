#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "model/audit.hpp"
#include "model/files_by_answer.hpp"
#include "model/single_requests.hpp"

namespace joust::model {

/// What one user at a time waited for while the server took long to make a commit durable.
struct SlowCommits {
    Nanoseconds delay{0};                 ///< from a commit's record to when it is durable, at least
    std::uint64_t requests = 0;           ///< all answered rightly, with no other commit just before theirs
    std::uint64_t before_commit = 0;      ///< answered although nothing had been committed since they began
    std::uint64_t without_commit = 0;     ///< … and no commit came after that, either
    std::uint64_t before_durable = 0;     ///< answered sooner than `delay` after the last commit's record
    std::optional<Nanoseconds> shortest;  ///< from a commit's record to the answer; empty without a commit
    friend bool operator==(const SlowCommits&, const SlowCommits&) = default;
};

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
