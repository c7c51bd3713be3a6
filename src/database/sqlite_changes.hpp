#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "database/change_log.hpp"
#include "database/sqlite_wal_index.hpp"
#include "host/as_user.hpp"

namespace joust::database {

/// What a SQLite file tells of changes at some time.
struct SqliteState {
    ChangeCounter counter;
    TableStates tables;  ///< relations are their names: the file has no others
    /// The highest key ever given since the table was emptied, by table, of those with AUTOINCREMENT that
    /// have had a row: so many rows were inserted into it.
    std::map<std::string, std::int64_t> numbered;
};

/// Tells the state of a file record by record, for parsed_state(); to be called in a process of the user who
/// owns the file. Not in one that has it open, see read_change_counter().
Status tell_state(const Path& file, Nanoseconds patience, const host::Tell& tell);
/// Tells the tables alone, likewise.
Status tell_tables(const Path& file, Nanoseconds patience, const host::Tell& tell);
/// The state again, from all that was told.
Result<SqliteState> parsed_state(std::string_view told);

/// Transactions that changed something between two states. Fails (unsupported) where the counter is no longer
/// the same one.
Result<std::uint32_t> commits_between(const SqliteState& before, const SqliteState& after);
/// What was changed between two states. Fails (unsupported) where the counter is no longer the same one.
Result<ChangeLog> changes_between(const SqliteState& before, const SqliteState& after);

}  // namespace joust::database
