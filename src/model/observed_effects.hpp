#pragma once

#include <algorithm>
#include <array>
#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "model/workload.hpp"

namespace joust::model {

/// Changed rows by table.
using RowsByTable = std::map<std::string, RowEffects>;

/// How many transactions changed just these rows of the tables of the contract.
struct CommitShape {
    RowsByTable rows;
    std::uint64_t commits = 0;
    friend bool operator==(const CommitShape&, const CommitShape&) = default;
};

/// What keeps the log from proving who did the work on a table, or that it is the work that others have.
/// Persisted by name.
enum class TableFault : std::uint8_t {
    missing,     ///< there is no such table
    unlogged,    ///< its changes are in no log, and a crash empties it
    no_table,    ///< a view, a partitioned table or the like
    trigger,     ///< the database does work by itself
    rule,        ///< … or other work than it is asked for
    cascade,     ///< a foreign key changes its rows together with another table's
    replaced,    ///< truncated, rewritten or made anew within the trial
    constraint,  ///< it had a constraint or an index, and has it no more
};
std::string_view name(TableFault fault);
std::optional<TableFault> table_fault(std::string_view name);

struct FaultyTable {
    TableFault fault{};
    std::string table;
    std::string what;  ///< a name; the constraint by kind and columns; "" for the others
    friend auto operator<=>(const FaultyTable&, const FaultyTable&) = default;
};

/// How durable commits were when they were answered.
struct LogSyncs {
    /// Of the log, by the contender's sessions and the server itself; empty where sessions were still there
    /// that had not told theirs.
    std::optional<std::uint64_t> syncs = {};
    std::uint64_t commits = 0;  ///< that changed rows of the contract
    /// Seen at once, or the users of a closed model where they are fewer: so many can share one sync.
    std::uint64_t most_sessions = 0;
    Nanoseconds elapsed{0};  ///< in which the server syncs now and then for nobody in particular
    friend bool operator==(const LogSyncs&, const LogSyncs&) = default;
};

/// What SQLite, whose log cannot be read, counts itself.
struct OwnCounters {
    std::uint64_t commits = 0;  ///< that changed anything in the contender's file, by its change counter
    /// Rows by table, of those whose keys AUTOINCREMENT numbers and that have had one.
    std::map<std::string, std::int64_t> inserted;
    friend bool operator==(const OwnCounters&, const OwnCounters&) = default;
};

/// What the requests of a trial changed in the database, from the beginning of its turn to the end of the
/// drain, by the database's own log, or by its counters.
struct ObservedEffects {
    /// What the workload declares for each request: rows by table, and transactions. Without any row nothing
    /// is declared, and nothing was counted.
    RowsByTable contract;
    std::int64_t transactions = 0;  ///< 0: not declared
    std::string not_read;           ///< why the log was not read or proves nothing; "" where it was and does

    std::uint64_t acknowledged = 0;   ///< requests that were answered rightly
    std::uint64_t unknown = 0;        ///< requests that failed or did not end; their work may be there or not
    std::vector<CommitShape> shapes;  ///< the most frequent first; at most k_most_shapes
    std::uint64_t other_commits = 0;  ///< that changed rows of these tables in further shapes
    RowsByTable rows;                 ///< that all of these commits changed
    std::uint64_t rolled_back = 0;    ///< transactions that had changed rows of these tables before
    std::uint64_t rows_elsewhere = 0;  ///< that commits changed in other tables of the contender's database
    /// By how many the answers were ahead of the commits at the end of some second, at most; 0 where each
    /// answer followed its commit. Empty where that was not compared: not one transaction for each request.
    std::optional<std::uint64_t> answers_ahead;
    /// Of the contract, before or after it; of all tables and views where they have a trigger or a rule.
    std::vector<FaultyTable> tables;
    /// Empty where a commit need not be durable, or it was not counted.
    std::optional<LogSyncs> log_syncs = {};
    /// Where there is no log: then shapes, rows and what was rolled back are not known.
    std::optional<OwnCounters> counters = {};
    /// Of the database's log, from the beginning of the turn to its end: the contender's and the server's
    /// own. Empty in files of earlier versions.
    std::optional<std::uint64_t> log_bytes = {};

    static constexpr std::size_t k_most_shapes = 20;
    [[nodiscard]] bool declared() const { return !contract.empty(); }
    [[nodiscard]] std::uint64_t commits() const {
        if (counters) return counters->commits;
        std::uint64_t all = other_commits;
        for (const CommitShape& shape : shapes)
            all += shape.commits;
        return all;
    }
    /// Rows of the contract's tables, inserted, updated or deleted.
    [[nodiscard]] std::int64_t rows_changed() const {
        std::int64_t all = 0;
        for (const auto& [table, changed] : rows)
            all += changed.inserted + changed.updated + changed.deleted;
        return all;
    }
    /// Commits that changed just the rows of the contract.
    [[nodiscard]] std::uint64_t as_declared() const {
        const auto found = std::find_if(shapes.begin(), shapes.end(),
                                        [&](const CommitShape& shape) { return shape.rows == contract; });
        return found == shapes.end() ? 0 : found->commits;
    }
    friend bool operator==(const ObservedEffects&, const ObservedEffects&) = default;
};

/// What is done to rows, each a count of RowEffects.
enum class RowChange : std::uint8_t { inserted, updated, deleted };
inline constexpr std::array k_row_changes{RowChange::inserted, RowChange::updated, RowChange::deleted};
std::int64_t count(const RowEffects& rows, RowChange change);

/// A change of a table of the contract of which all requests together made too little or too much.
struct RowsMissed {
    std::string table;
    RowChange change{};
    std::int64_t seen = 0;  ///< by all requests
    std::int64_t each = 0;  ///< by the contract, for each request
    bool fewer = false;     ///< than those that were answered rightly have to have made; else too many
    friend bool operator==(const RowsMissed&, const RowsMissed&) = default;
};
/// By the log; by counters where there is none: then only what is inserted, and into tables that have one.
std::vector<RowsMissed> rows_missed(const ObservedEffects& effects);

/// How what was observed is not as the contract.
enum class Misdeed : std::uint8_t {
    rolled_back,      ///< fewer commits than answers, and transactions that were rolled back instead
    one_for_several,  ///< fewer commits than answers, but with the rows of all
    no_commit,        ///< fewer commits than answers, and nothing in their place
    several_for_one,  ///< more commits than requests
    other_rows,       ///< commits of other rows than the contract's
    answers_first,    ///< answers that came before their commits
    not_durable,      ///< commits that were answered before the log was on the disk
    files_late,       ///< work on files that came after the answer; beside a trial only
};

/// The sum over trials of one contract; both were read. The order in which trials are added does not matter.
void add(ObservedEffects& sum, const ObservedEffects& more);

}  // namespace joust::model
