#pragma once

#include "base/error.hpp"
#include "model/database_waits.hpp"

namespace joust::database {

/// Reads what the sessions of one contender are doing, by a session of its own. A resource: the session ends
/// with it. It may be used from another thread than the database, but from one at a time, and not longer
/// than the database runs.
class SessionReader {
public:
    virtual ~SessionReader() = default;
    /// Adds one sample.
    virtual Status read(model::DatabaseWaits& sum) = 0;
};

}  // namespace joust::database
