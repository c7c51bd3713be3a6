#pragma once

#include <functional>

#include "database/database.hpp"
#include "database/postgres_connection.hpp"

namespace joust::database {

/// Counts rows by request in a session of the superuser's, which stays in a transaction, without running any
/// of the contender's code. Returns why they prove nothing, as Database::rows_by_request(). Fails where the
/// server does not run any more.
Result<std::string> rows_of(Connection& session, const RowQuery& query, Nanoseconds lock_patience,
                            const std::function<bool()>& running, const TakeRows& each);

}  // namespace joust::database
