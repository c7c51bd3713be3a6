#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "database/sqlite_connection.hpp"

namespace joust::database {

/// Hands a table and one of its constraints or indexes to `each`, see TableState::constraints; those of all
/// ordinary tables of the file but SQLite's own. Names are cut off at 100 characters, constraints at 200.
Status each_constraint(SqliteConnection& connection,
                       const std::function<void(std::string_view table, std::string_view constraint)>& each);

/// "CHECK (age > 0)" for each check in the statement by which a table was made, in order; space between words
/// is one blank, names of constraints are left out.
std::vector<std::string> checks_in(std::string_view statement);

}  // namespace joust::database
