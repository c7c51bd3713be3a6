#include "database/postgres_settings.hpp"

#include <algorithm>

#include "base/secrets.hpp"
#include "base/text.hpp"

namespace joust::database {
namespace {

// Names and values are the contender's.
constexpr const char* k_role_settings =
    "SELECT coalesce(r.rolname, ''), coalesce(d.datname, ''), left(entry, 200) FROM pg_db_role_setting s "
    "LEFT JOIN pg_authid r ON r.oid = s.setrole LEFT JOIN pg_database d ON d.oid = s.setdatabase "
    "CROSS JOIN LATERAL unnest(s.setconfig) AS entry "
    "WHERE (s.setrole = 0 OR r.rolname = $1) AND (s.setdatabase = 0 OR d.datname = current_database()) "
    "ORDER BY 1, 2, 3 LIMIT 100";

}  // namespace

model::OwnSetting own_setting(std::string role, std::string database, std::string_view entry) {
    const std::size_t end = std::min(entry.find('='), entry.size());
    const std::string name = printable(entry.substr(0, end));
    const std::string value = printable(entry.substr(std::min(end + 1, entry.size())));
    return {.role = std::move(role),
            .database = std::move(database),
            .name = name,
            .value = is_secret_name(name) ? "***" : masked(value)};
}

Result<std::vector<model::OwnSetting>> read_own_settings(Connection& session, const std::string& role) {
    JOUST_TRY(const Rows rows, session.query(k_role_settings, {role}));
    std::vector<model::OwnSetting> found;
    for (const auto& row : rows)
        found.push_back(own_setting(row.at(0).value_or(""), row.at(1).value_or(""), row.at(2).value_or("")));
    std::sort(found.begin(), found.end());
    return found;
}

}  // namespace joust::database
