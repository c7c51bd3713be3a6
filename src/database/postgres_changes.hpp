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
