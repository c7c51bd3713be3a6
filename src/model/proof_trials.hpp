#pragma once

#include <cstdint>

namespace joust::model {

/// What the syncs of the database's log say of commits that were to be durable when they were answered.
enum class DurabilityProof : std::uint8_t {
    proven,  ///< the log was synced as often as sessions that wait for the disk need it
    missed,  ///< it was synced too seldom for that
    open,    ///< neither follows: too few commits, too many sessions, or the server's own syncs come near
};

/// How many trials of a cell prove something, miss it, or leave it open. A trial that it is not asked of is
/// none of them.
struct ProofTrials {
    int proven = 0;
    int missed = 0;
    int open = 0;
    [[nodiscard]] int total() const { return proven + missed + open; }
    friend bool operator==(const ProofTrials&, const ProofTrials&) = default;
};

}  // namespace joust::model
