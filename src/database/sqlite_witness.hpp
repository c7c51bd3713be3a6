#pragma once

#include <set>
#include <string>
#include <string_view>

#include "database/change_log.hpp"
#include "database/sqlite_wal_index.hpp"
#include "host/as_user.hpp"

namespace joust::database {

// SQLite's log has the pages that a transaction left, not the rows that it changed on the way. So the file
// itself is made to tell: by triggers on the contender's tables, which whoever changes their rows runs, and a
// table of Joust's that they write to, in the same transaction. Each costs the contender a row, so this is
// for looking at a contender only. All of it is to be called in a process of the user who owns the file, as
// tell_state().

/// Has the file tell the changes of these tables from now on, from none. Fails (unsupported) where one of
/// them is not there.
Status call_witness(const Path& file, Nanoseconds patience, const std::set<std::string>& tables);
/// Removes what call_witness() made; does nothing where there is nothing of it.
Status dismiss_witness(const Path& file, Nanoseconds patience);

/// What a witness says at some time.
struct Testimony {
    ChangeCounter counter;
    /// Rows that committed transactions changed since the witness was called, by request, see Witnessed.
    RowsByRequest rows;
};
/// Tells it record by record, for parsed_testimony(). Fails (unsupported) where the witness is not as it was
/// made for these tables: the file is the contender's.
Status tell_witnessed(const Path& file, Nanoseconds patience, const std::set<std::string>& tables,
                      const host::Tell& tell);
/// The testimony again, from all that was told.
Result<Testimony> parsed_testimony(std::string_view told);

}  // namespace joust::database
