#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/error.hpp"

namespace joust::database {

/// What a record of PostgreSQL's write-ahead log does to rows or to a transaction.
enum class WalAct : std::uint8_t {
    inserted,
    updated,
    deleted,
    withdrawn,  ///< one row that ON CONFLICT had inserted at first, before it met another
    committed,
    aborted,   ///< a transaction, or a subtransaction alone
    prepared,  ///< the first step of a commit in two; its name is the contender's text, so what follows may
               ///< be
};

/// One record that changes rows, or ends a transaction.
struct WalRecord {
    WalAct act{};
    std::uint32_t transaction = 0;  ///< that wrote it, of a subtransaction its own
    std::uint32_t rows = 0;         ///< of those that change rows: how many, at least 1
    std::string_view relation;      ///< … of which: "TABLESPACE/DATABASE/FILENODE", in the line that was read
    WallTime time{};                ///< of a commit or an abort, to the microsecond
    std::vector<std::uint32_t> subtransactions;  ///< … that end with it
    friend bool operator==(const WalRecord&, const WalRecord&) = default;
};

/// Reads a line that pg_waldump of PostgreSQL 15 to 18 printed in UTC, of its resource managers Heap, Heap2
/// and Transaction. Empty for what is no record, and for a record that neither changes a row nor ends a
/// transaction: locks, pruning, vacuum. Fails (unsupported) for a record in other words than those that are
/// known, since it might be a change: src/backend/access/rmgrdesc/ of PostgreSQL has them.
Result<std::optional<WalRecord>> parse_wal_line(std::string_view line);

}  // namespace joust::database
