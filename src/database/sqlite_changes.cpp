#include "database/sqlite_changes.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/text.hpp"
#include "database/sqlite_connection.hpp"
#include "database/sqlite_constraints.hpp"

namespace joust::database {
namespace {

// A record begins with its kind, and ends with NUL, which no text of SQLite's that is read here has. But for
// the counter's, there follow the length of a table's name, a space, the name, and what is said of it.
constexpr char k_counter = 'c';  // commits, a space, and the wal-index
constexpr char k_table = 't';
constexpr char k_other = 'v';  // a view or a virtual table
constexpr char k_trigger = 'g';
constexpr char k_number = 'n';
constexpr char k_constraint = 'k';

constexpr std::size_t k_most_records = 10'000;

// Names are cut off, since they may be as long as the contender likes.
constexpr const char* k_schema =
    "SELECT CASE WHEN type = 'trigger' THEN 'g' WHEN type = 'table' AND rootpage > 0 THEN 't' ELSE 'v' END "
    "|| length(CAST(substr(tbl_name, 1, 100) AS BLOB)) || ' ' || substr(tbl_name, 1, 100) || "
    "CASE type WHEN 'trigger' THEN substr(name, 1, 100) ELSE '' END "
    "FROM sqlite_schema WHERE type IN ('table', 'view', 'trigger')";
constexpr const char* k_numbers =
    "SELECT 'n' || length(CAST(substr(name, 1, 100) AS BLOB)) || ' ' || substr(name, 1, 100) || "
    "CAST(seq AS INTEGER) FROM sqlite_sequence";

struct TableRecord {
    std::string table;
    std::string_view said;
};

template <typename Number>
std::optional<Number> number(std::string_view text) {
    Number value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

// Of what stands after a record's kind.
std::optional<TableRecord> table_record(std::string_view text) {
    const std::size_t space = text.find(' ');
    if (space == std::string_view::npos) return std::nullopt;
    const auto length = number<std::size_t>(text.substr(0, space));
    if (!length || *length > text.size() - space - 1) return std::nullopt;
    return TableRecord{std::string(text.substr(space + 1, *length)), text.substr(space + 1 + *length)};
}

bool add(SqliteState& state, std::string_view record) {
    const std::string_view text = record.substr(1);
    if (record.front() == k_counter) {
        const std::size_t space = text.find(' ');
        const auto commits = number<std::uint32_t>(text.substr(0, space));
        if (!commits || space == std::string_view::npos) return false;
        state.counter = {*commits, std::string(text.substr(space + 1))};
        return true;
    }
    const auto table = table_record(text);
    if (!table) return false;
    if (record.front() == k_number) {
        const auto highest = number<std::int64_t>(table->said);
        if (highest) state.numbered[table->table] = *highest;
        return highest.has_value();
    }
    TableState& known = state.tables[table->table];
    known.relation = table->table;
    if (record.front() == k_constraint) {
        known.constraints.push_back(printable(table->said));
        return true;
    }
    if (record.front() == k_trigger) known.triggers.emplace_back(printable(table->said));
    if (record.front() == k_other) known.ordinary = false;
    return record.front() == k_trigger || record.front() == k_other || record.front() == k_table;
}

// Records, of which there are not too many.
class Telling {
public:
    explicit Telling(const host::Tell& tell) : tell_(tell) {}

    void tell(std::string record) {
        if (++records_ > k_most_records) return;
        record.push_back('\0');
        tell_(record);
    }
    Status tell_rows(SqliteConnection& connection, const char* statement) {
        return connection.each_row(statement, [&](const SqliteConnection::Row& row) {
            if (row[0] != nullptr) tell(row[0]);
        });
    }
    Status tell_tables(SqliteConnection& connection) {
        JOUST_CHECK(tell_rows(connection, k_schema));
        return each_constraint(connection, [&](std::string_view table, std::string_view constraint) {
            tell(fmt::format("{}{} {}{}", k_constraint, table.size(), table, constraint));
        });
    }
    [[nodiscard]] Status all_told() const {
        if (records_ <= k_most_records) return {};
        return fail(ErrorKind::unsupported,
                    "it has more tables, triggers and constraints than can be looked at");
    }

private:
    const host::Tell& tell_;
    std::size_t records_ = 0;
};

}  // namespace

Status tell_tables(const Path& file, Nanoseconds patience, const host::Tell& tell) {
    JOUST_TRY(SqliteConnection connection, SqliteConnection::open(file, false, patience));
    Telling telling(tell);
    JOUST_CHECK(telling.tell_tables(connection));
    return telling.all_told();
}

Status tell_state(const Path& file, Nanoseconds patience, const host::Tell& tell) {
    Telling telling(tell);
    {
        JOUST_TRY(const ChangeCounter counter, read_change_counter(file));
        telling.tell(fmt::format("{}{} {}", k_counter, counter.commits, counter.index));
    }
    JOUST_TRY(SqliteConnection connection, SqliteConnection::open(file, false, patience));
    JOUST_CHECK(telling.tell_tables(connection));
    JOUST_TRY(const auto numbering,
              connection.run("SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_sequence'"));
    if (!numbering.empty()) JOUST_CHECK(telling.tell_rows(connection, k_numbers));
    return telling.all_told();
}

Result<SqliteState> parsed_state(std::string_view told) {
    SqliteState state;
    for (const std::string_view record : split(told, '\0'))
        if (!record.empty() && !add(state, record))
            return fail(ErrorKind::unsupported, "what its file tells cannot be read: \"{}\"",
                        printable(record));
    return state;
}

Result<std::uint32_t> commits_between(const SqliteState& before, const SqliteState& after) {
    if (before.counter.index != after.counter.index || after.counter.commits < before.counter.commits)
        return fail(ErrorKind::unsupported,
                    "its wal-index (FILE-shm), which has SQLite's change counter, was made anew in between: "
                    "no connection was left open");
    return after.counter.commits - before.counter.commits;
}

Result<ChangeLog> changes_between(const SqliteState& before, const SqliteState& after) {
    JOUST_TRY(const std::uint32_t commits, commits_between(before, after));
    ChangeLog log{.before = before.tables, .after = after.tables, .database = {}, .start = {}, .end = {}};
    model::OwnCounters& counters = log.counters.emplace();
    counters.commits = commits;
    for (const auto& [table, highest] : after.numbered) {
        const auto first = before.numbered.find(table);
        counters.inserted[table] = highest - (first == before.numbered.end() ? 0 : first->second);
    }
    return log;
}

}  // namespace joust::database
