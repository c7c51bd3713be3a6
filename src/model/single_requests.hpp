#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "model/observed_effects.hpp"

namespace joust::model {

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

/// Something that was not tried, or not to its end, and why.
struct NotTried {
    std::string part;  ///< "commits that take long", "crash"
    std::string why;   ///< a sentence without its full stop
    friend bool operator==(const NotTried&, const NotTried&) = default;
};

/// What a look at requests sent one after the other found; nothing is measured. Of a server it is what they
/// waited for, of a file the others. A part that could not be looked at is empty, and `left_out` says why.
struct SingleRequests {
    std::optional<SlowCommits> slow_commits = {};
    std::optional<OneByOne> rows;
    std::optional<CommitSyncs> syncs;
    std::vector<NotTried> left_out;
    friend bool operator==(const SingleRequests&, const SingleRequests&) = default;
};

}  // namespace joust::model
