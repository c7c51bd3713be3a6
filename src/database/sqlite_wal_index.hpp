#pragma once

#include <cstdint>
#include <string>

#include "base/error.hpp"
#include "base/file.hpp"

namespace joust::database {

/// The change counter of a SQLite file in WAL mode.
struct ChangeCounter {
    std::uint32_t commits = 0;  ///< transactions that changed something, since the wal-index was made
    std::string index;          ///< tells this wal-index from one that is made in its place
    friend bool operator==(const ChangeCounter&, const ChangeCounter&) = default;
};

/// Reads the counter from the header of the wal-index (FILE-shm), as this process's user, without following a
/// link. Fails (unsupported) where there is none: SQLite removes it with the last connection, and with the
/// mode. The layout is that of https://www.sqlite.org/walformat.html, section 2.1.
///
/// Not to be called while this process has the database open: closing any descriptor of one of its files
/// would give up SQLite's locks.
Result<ChangeCounter> read_change_counter(const Path& database);

}  // namespace joust::database
