#pragma once

#include <cstdint>
#include <vector>

#include "base/error.hpp"
#include "model/database_waits.hpp"
#include "model/observed_effects.hpp"

namespace joust::database {

/// A contender's sessions with the server as they are now.
struct OpenSessions {
    std::uint16_t server_port = 0;
    std::vector<std::uint16_t> ports;  ///< of the contender's ends, of those over TCP
    std::uint64_t ever = 0;            ///< sessions that were opened with its database since it was made
    friend bool operator==(const OpenSessions&, const OpenSessions&) = default;
};

/// Reads what the sessions of one contender are doing, by a session of its own. A resource: the session ends
/// with it. It may be used from another thread than the database, but from one at a time, and not longer
/// than the database runs.
class SessionReader {
public:
    virtual ~SessionReader() = default;
    /// Adds one sample.
    virtual Status read(model::DatabaseWaits& sum) = 0;
    /// Those that are open, and how many ever were.
    virtual Result<OpenSessions> open_sessions() = 0;
    /// Triggers and rules in the contender's database, those of its sessions' temporary tables too.
    virtual Result<std::vector<model::FaultyTable>> own_code() = 0;
};

}  // namespace joust::database
