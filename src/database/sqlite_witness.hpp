#pragma once

#include <set>
#include <string>

#include "database/sqlite_changes.hpp"
#include "host/as_user.hpp"

namespace joust::database {

// SQLite's log has the pages that a transaction left, not the rows that it changed on the way. So the file
// itself is made to count: by triggers on the contender's tables, which whoever changes their rows runs. Each
// tries to insert a second row into a table of Joust's, which takes one only; the number that AUTOINCREMENT
// has given it is kept in sqlite_sequence all the same, in the same transaction. An insert that came about
// would be among the changes that a contender's connection counts (total_changes). It costs the contender
// time, so this is for looking at one only. All of it is to be called in a process of the user who owns the
// file, as tell_state().

/// Has the file count the changes of these tables from now on. Fails (unsupported) where one of them is not
/// there.
Status call_witness(const Path& file, Nanoseconds patience, const std::set<std::string>& tables);
/// Removes what call_witness() made; does nothing where there is nothing of it.
Status dismiss_witness(const Path& file, Nanoseconds patience);
/// Fails (unsupported) where the witness is not as it was made for these tables: the file is the contender's.
Status check_witness(const Path& file, Nanoseconds patience, const std::set<std::string>& tables);

/// What the transactions between two states of a file with a witness changed. Fails (unsupported) where the
/// counter is no longer the same one, or a number has gone down.
Result<Witnessed> witnessed_between(const SqliteState& before, const SqliteState& after,
                                    const std::set<std::string>& tables);

}  // namespace joust::database
