#pragma once

#include <functional>
#include <string>

#include "database/change_log.hpp"
#include "database/postgres_connection.hpp"
#include "database/postgres_data.hpp"
#include "runtime/runtime.hpp"

namespace joust::database {

/// Lets the server recycle what it has logged so far, and keeps all that follows until the next call, or
/// until it is more than max_slot_wal_keep_size. The session is the superuser's; what is left of it is a
/// checkpoint.
Result<std::string> begin_stretch(Connection& session);
/// Tables of the session's database as the catalog has them; the contender's code is not run.
Result<TableStates> table_states(Connection& session);
/// Triggers and rules of whatever is in the session's database, views and other sessions' temporary tables
/// too; 1000 at most. Tables of the schema "public" have their plain name.
Result<std::vector<model::FaultyTable>> own_code(Connection& session);
/// The statement that own_code() asks, for who asks it again and again, and what its rows say. A view is
/// nothing but a rule of this name, which no other relation may have; the catalog has rules of its own. Each
/// session's temporary tables are in a schema with a number.
inline constexpr const char* k_own_code =
    "SELECT DISTINCT code.kind, CASE WHEN n.nspname = 'public' THEN '' WHEN starts_with(n.nspname, "
    "'pg_temp_') THEN 'pg_temp.' ELSE n.nspname || '.' END || c.relname, code.name FROM ("
    "SELECT 't' AS kind, tgrelid AS relation, tgname AS name FROM pg_trigger WHERE NOT tgisinternal "
    "UNION ALL SELECT 'r', ev_class, rulename FROM pg_rewrite WHERE rulename <> '_RETURN') AS code "
    "JOIN pg_class c ON c.oid = code.relation JOIN pg_namespace n ON n.oid = c.relnamespace "
    "WHERE n.nspname <> 'pg_catalog' ORDER BY 2, 3 LIMIT 1000";
std::vector<model::FaultyTable> code_in(const Rows& rows);
/// Flushes what was committed before, and sets `database`, `end` and `last`. Where commits are asynchronous
/// the position alone would leave out the last of them.
Status end_stretch(Connection& session, ChangeLog& log);

/// Who reads a stretch, and where.
struct ChangeReader {
    runtime::Runtime& runtime;
    host::RunState& run;
    const PostgresFiles& files;
    const runtime::Interrupted& interrupted;  ///< may be empty
    std::string name;                         ///< of the errand, unique in the run
};
/// Runs pg_waldump as the server's user, beside it, and reads what it prints line by line: whatever the log's
/// length, no more of it is in memory than one line and a pipe. See Database::read_changes().
Status read_stretch(const ChangeReader& reader, const ChangeLog& log,
                    const std::function<void(const WalRecord&)>& each);

}  // namespace joust::database
