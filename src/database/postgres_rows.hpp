#pragma once

#include <functional>

#include "database/database.hpp"
#include "database/postgres_connection.hpp"

namespace joust::database {

/// Counts rows by request in a session of the superuser's, which stays in a transaction, without running any
/// of the contender's code. Fails where the server does not run any more.
Result<TableContents> rows_of(Connection& session, const RowQuery& query, Nanoseconds lock_patience,
                              const std::function<bool()>& running);

}  // namespace joust::database
