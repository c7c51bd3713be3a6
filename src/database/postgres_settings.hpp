#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "database/postgres_connection.hpp"
#include "model/own_settings.hpp"

namespace joust::database {

/// Of an entry of pg_db_role_setting, "name=value"; printable, and masked where the value is or holds a
/// secret.
model::OwnSetting own_setting(std::string role, std::string database, std::string_view entry);

/// What the role has of its own in the session's database, the database for whichever role, and the role in
/// whichever database: at most 100 settings, the first 200 characters of each. The session is the
/// superuser's.
Result<std::vector<model::OwnSetting>> read_own_settings(Connection& session, const std::string& role);

}  // namespace joust::database
