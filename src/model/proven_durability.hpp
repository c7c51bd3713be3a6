#pragma once

#include <cstdint>

namespace joust::model {

/// What the syncs of the database's log say of commits that were to be durable when they were answered.
enum class DurabilityProof : std::uint8_t {
    proven,  ///< the log was synced as often as sessions that wait for the disk need it
    missed,  ///< it was synced too seldom for that
    open,    ///< neither follows: too few commits, too many sessions, or the server's own syncs come near
};

/// Of the trials of a cell in which commits had to be durable and syncs were counted.
struct DurabilityTrials {
    int proven = 0;
    int missed = 0;
    int open = 0;
    [[nodiscard]] int total() const { return proven + missed + open; }
    friend bool operator==(const DurabilityTrials&, const DurabilityTrials&) = default;
};

}  // namespace joust::model
