#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>

namespace joust::model {

/// What the sessions of a contender with its database were doing, by samples spread over the window. Sessions
/// are summed over the samples: divided by `samples`, each is how many there were on average.
struct DatabaseWaits {
    std::uint64_t samples = 0;
    std::uint64_t sessions = 0;       ///< that were open; the others are parts of it
    std::uint64_t idle = 0;           ///< outside a transaction, nothing to do
    std::uint64_t held = 0;           ///< in a transaction, nothing to do: the contender is at work, or waits
    std::uint64_t on_lock = 0;        ///< waiting for a lock that another session has
    std::uint64_t on_log = 0;         ///< waiting for the write-ahead log to be written or durable
    std::uint64_t on_storage = 0;     ///< waiting for other files
    std::uint64_t on_other = 0;       ///< waiting for anything else
    std::uint64_t all_in_use = 0;     ///< samples in which no session was idle, and there was one
    std::uint64_t most_sessions = 0;  ///< in one sample
    /// By contender: samples in which sessions of another one were at work in the server that all share.
    /// Empty in files of earlier versions.
    std::map<std::string, std::uint64_t> others = {};

    /// Sessions with a statement or a transaction under way.
    [[nodiscard]] std::uint64_t in_use() const { return sessions - idle; }
    [[nodiscard]] double mean(std::uint64_t sum) const {
        return samples > 0 ? static_cast<double>(sum) / static_cast<double>(samples) : 0;
    }
    friend bool operator==(const DatabaseWaits&, const DatabaseWaits&) = default;
};

/// In any order of the samples.
inline void add(DatabaseWaits& sum, const DatabaseWaits& more) {
    for (const auto part : {&DatabaseWaits::samples, &DatabaseWaits::sessions, &DatabaseWaits::idle,
                            &DatabaseWaits::held, &DatabaseWaits::on_lock, &DatabaseWaits::on_log,
                            &DatabaseWaits::on_storage, &DatabaseWaits::on_other, &DatabaseWaits::all_in_use})
        sum.*part += more.*part;
    for (const auto& [contender, samples] : more.others)
        sum.others[contender] += samples;
    sum.most_sessions = std::max(sum.most_sessions, more.most_sessions);
}

}  // namespace joust::model
