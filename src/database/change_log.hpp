#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "database/wal_text.hpp"
#include "model/observed_effects.hpp"

namespace joust::database {

/// A table as the catalog has it.
struct TableState {
    std::string relation;  ///< as the log names it, see WalRecord; "" for what has no rows of its own
    bool ordinary = true;  ///< no view, partitioned table or the like
    bool logged = true;    ///< neither unlogged nor temporary
    std::vector<std::string> triggers;  ///< but for those of constraints
    std::vector<std::string> rules;
    std::vector<std::string> cascades;  ///< foreign keys by which its rows change with another table's
    /// Constraints and indexes by kind and columns, whatever they are called: "UNIQUE (email)", "name NOT
    /// NULL"; foreign keys of other tables that refer to it begin with that table: "orders: FOREIGN KEY …".
    std::vector<std::string> constraints = {};
    friend bool operator==(const TableState&, const TableState&) = default;
};
/// By name, those of the schema "public"; tables and views of other schemas by schema and name, and only
/// those with a trigger or a rule.
using TableStates = std::map<std::string, TableState>;

/// By table, see TableState::constraints.
using ConstraintsByTable = std::map<std::string, std::vector<std::string>>;

/// What a database has logged for a contender from the last reset up to now, and what its tables were then
/// and are.
struct ChangeLog {
    TableStates before;
    TableStates after;
    std::string database;  ///< its number: the second part of each of its relations
    std::string start;     ///< places in the log
    std::string end;
    std::uint32_t last = 0;  ///< transaction whose commit is in the log just before its end
    /// In place of a log that can be read, where the database only counts; then nothing but the tables is
    /// set above.
    std::optional<model::OwnCounters> counters = {};
    /// Of each table as it was read for the first time, see Database::tables_of().
    ConstraintsByTable made = {};
};

/// What transactions changed from some time on, where the database was made to tell it.
struct Witnessed {
    std::uint64_t commits = 0;  ///< of whatever table
    model::RowsByTable rows;    ///< of tables that had any
};

/// Bytes of log from its start to its end; empty where these are no places as PostgreSQL writes them.
std::optional<std::uint64_t> bytes_of(const ChangeLog& log);

}  // namespace joust::database
