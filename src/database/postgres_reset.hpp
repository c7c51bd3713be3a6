#pragma once

#include <string>

#include "base/error.hpp"
#include "database/postgres_connection.hpp"

namespace joust::database {

/// Rolls back what was prepared to be committed in this database and never was: it keeps its locks without a
/// session, and over a restart. Errors: those of the server.
Status roll_back_prepared(Connection& session);

/// Empties tables, of a list in SQL, and begins their sequences anew. A trigger on TRUNCATE is the
/// contender's code and would run with the superuser's rights: those are off meanwhile, under locks that let
/// nobody make another one. Errors: those of the server; the transaction is then still open.
Status empty_tables(Connection& session, const std::string& tables);

}  // namespace joust::database
