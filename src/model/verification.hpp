#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "model/audit.hpp"
#include "model/files_by_answer.hpp"
#include "model/observed_effects.hpp"

namespace joust::model {

/// What one user at a time waited for while the server took long to make a commit durable.
struct SlowCommits {
    Nanoseconds delay{0};                 ///< from a commit's record to when it is durable, at least
    std::uint64_t requests = 0;           ///< all answered rightly, with no other commit just before theirs
    std::uint64_t before_commit = 0;      ///< answered although nothing had been committed since they began
    std::uint64_t before_durable = 0;     ///< answered sooner than `delay` after the last commit's record
    std::optional<Nanoseconds> shortest;  ///< from a commit's record to the answer; empty without a commit
    friend bool operator==(const SlowCommits&, const SlowCommits&) = default;
};

/// How often a program made its files durable while it answered, where the database is a file.
struct CommitSyncs {
    std::uint64_t requests = 0;      ///< all of them answered rightly
    std::uint64_t transactions = 0;  ///< that the workload declares for these
    std::uint64_t syncs = 0;         ///< calls of fsync, fdatasync and their like
    /// Requests that were answered before as many calls as they declare transactions had ended.
    std::uint64_t early = 0;
    friend bool operator==(const CommitSyncs&, const CommitSyncs&) = default;
};

/// What each of some requests, sent one after the other, had changed when it was answered, as others saw it,
/// where the database keeps no log of it.
struct OneByOne {
    std::uint64_t requests = 0;     ///< all of them answered rightly
    std::uint64_t as_contract = 0;  ///< with just the transactions and rows that they declare
    std::uint64_t late = 0;         ///< … with them a moment after the answer only
    std::uint64_t transactions = 0;
    RowsByTable rows = {};  ///< that all of them changed
    friend bool operator==(const OneByOne&, const OneByOne&) = default;
};

/// A part of the verification that was not made, and why.
struct NotTried {
    std::string part;  ///< "commits that take long", "crash"
    std::string why;   ///< a sentence without its full stop
    friend bool operator==(const NotTried&, const NotTried&) = default;
};

/// What `joust verify` finds out about an entrant beside what every trial shows.
struct Verification {
    std::string entrant;
    std::optional<SlowCommits> slow_commits;
    /// What was left of the answered requests after the database had been killed right behind the last
    /// answer.
    std::optional<Audit> crash;
    std::optional<CommitSyncs> syncs;
    std::optional<OneByOne> one_by_one = {};
    std::optional<FilesByAnswer> files = {};
    std::vector<NotTried> left_out;
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
