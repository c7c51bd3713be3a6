#include "database/sqlite_witness.hpp"

#include <array>
#include <charconv>
#include <optional>
#include <vector>

#include "base/text.hpp"
#include "database/sqlite_connection.hpp"

namespace joust::database {
namespace {

// The first of these names is in each of a witness's own, so that no contender's is taken.
constexpr const char* k_table = "joust_witness";
constexpr const char* k_make_table =
    "CREATE TABLE joust_witness (id INTEGER PRIMARY KEY, changed TEXT, did TEXT, request TEXT)";

struct Deed {
    const char* event;
    const char* row;  ///< the one whose request is told
    std::int64_t model::RowEffects::* count;
};
constexpr std::array<Deed, 3> k_deeds{{{"INSERT", "new", &model::RowEffects::inserted},
                                       {"UPDATE", "old", &model::RowEffects::updated},
                                       {"DELETE", "old", &model::RowEffects::deleted}}};

constexpr std::size_t k_most_records = 10'000;  // an honest contender has three for each request
constexpr std::size_t k_longest = 256;          // characters of a request's id

// A record is the counter, or a change: its count, place in k_deeds, length of the table's name, the name and
// the request. Each begins with its kind and ends with NUL.
constexpr char k_counter = 'c';
constexpr char k_change = 'r';

std::string trigger_name(const std::string& table, const Deed& deed) {
    return fmt::format("{}_{}_{}", k_table, deed.event, table);
}

// As the file's schema keeps it, word by word.
std::string make_trigger(const std::string& table, const Deed& deed, bool by_request) {
    return fmt::format(
        "CREATE TRIGGER {} AFTER {} ON {} BEGIN INSERT INTO {} (changed, did, request) "
        "VALUES ({}, '{}', {}); END",
        sqlite_identifier(trigger_name(table, deed)), deed.event, sqlite_identifier(table), k_table,
        sqlite_literal(table), deed.event,
        by_request ? fmt::format("{}.request_id", deed.row) : std::string("NULL"));
}

// Whether the table has a column for the request; fails where there is no such table.
Result<bool> has_request(SqliteConnection& connection, const std::string& table) {
    JOUST_TRY(const auto columns,
              connection.run(fmt::format("SELECT name FROM pragma_table_info({})", sqlite_literal(table))));
    if (columns.empty()) return fail(ErrorKind::unsupported, "there is no table {}", table);
    return std::find(columns.begin(), columns.end(), "request_id") != columns.end();
}

// What makes the witness: its table, then the triggers.
Result<std::vector<std::string>> schema_of(SqliteConnection& connection,
                                           const std::set<std::string>& tables) {
    std::vector<std::string> statements{k_make_table};
    for (const std::string& table : tables) {
        JOUST_TRY(const bool by_request, has_request(connection, table));
        for (const Deed& deed : k_deeds)
            statements.push_back(make_trigger(table, deed, by_request));
    }
    return statements;
}

Status dismiss(SqliteConnection& connection) {
    JOUST_TRY(const auto triggers,
              connection.run(fmt::format("SELECT name FROM sqlite_schema WHERE type = 'trigger' AND "
                                         "substr(name, 1, {}) = {}",
                                         std::string_view(k_table).size() + 1,
                                         sqlite_literal(std::string(k_table) + "_"))));
    std::string statements = "BEGIN IMMEDIATE;";
    for (const std::string& trigger : triggers)
        statements += fmt::format("DROP TRIGGER {};", sqlite_identifier(trigger));
    JOUST_CHECK(connection.run(fmt::format("{}DROP TABLE IF EXISTS {};COMMIT", statements, k_table)));
    return {};
}

template <typename Number>
std::optional<Number> number(std::string_view text) {
    Number value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

// The text up to the next space, which is taken away with it.
std::optional<std::string_view> word(std::string_view& text) {
    const std::size_t space = text.find(' ');
    if (space == std::string_view::npos) return std::nullopt;
    const std::string_view found = text.substr(0, space);
    text.remove_prefix(space + 1);
    return found;
}

bool add(Testimony& testimony, std::string_view record) {
    std::string_view text = record.substr(1);
    const auto first = word(text);
    if (!first) return false;
    if (record.front() == k_counter) {
        const auto commits = number<std::uint32_t>(*first);
        if (commits) testimony.counter = {*commits, std::string(text)};
        return commits.has_value();
    }
    const auto count = number<std::int64_t>(*first);
    const auto did = word(text);
    const auto length = word(text);
    if (record.front() != k_change || !count || !did || !length) return false;
    const auto bytes = number<std::size_t>(*length);
    const auto deed =
        std::find_if(k_deeds.begin(), k_deeds.end(), [&](const Deed& one) { return *did == one.event; });
    if (!bytes || *bytes > text.size() || deed == k_deeds.end()) return false;
    model::RowEffects& rows =
        testimony.rows[std::string(text.substr(*bytes))][std::string(text.substr(0, *bytes))];
    rows.*(deed->count) += *count;
    return true;
}

}  // namespace

Status call_witness(const Path& file, Nanoseconds patience, const std::set<std::string>& tables) {
    JOUST_TRY(SqliteConnection connection, SqliteConnection::open(file, false, patience));
    JOUST_CHECK(dismiss(connection));
    JOUST_TRY(const auto statements, schema_of(connection, tables));
    JOUST_CHECK(connection.run(fmt::format("BEGIN IMMEDIATE;{};COMMIT", joined(statements, ";"))));
    return {};
}

Status dismiss_witness(const Path& file, Nanoseconds patience) {
    JOUST_TRY(SqliteConnection connection, SqliteConnection::open(file, false, patience));
    return dismiss(connection);
}

Status tell_witnessed(const Path& file, Nanoseconds patience, const std::set<std::string>& tables,
                      const host::Tell& tell) {
    const auto tell_record = [&](std::string record) {
        record.push_back('\0');
        tell(record);
    };
    {
        JOUST_TRY(const ChangeCounter counter, read_change_counter(file));
        tell_record(fmt::format("{}{} {}", k_counter, counter.commits, counter.index));
    }
    JOUST_TRY(SqliteConnection connection, SqliteConnection::open(file, false, patience));
    JOUST_TRY(const auto wanted, schema_of(connection, tables));
    JOUST_TRY(const auto there,
              connection.run(fmt::format("SELECT sql FROM sqlite_schema WHERE rootpage > 0 AND name = {0} OR "
                                         "type = 'trigger' AND substr(name, 1, {1}) = {0}",
                                         sqlite_literal(k_table), std::string_view(k_table).size())));
    if (std::multiset<std::string>(there.begin(), there.end()) !=
        std::multiset<std::string>(wanted.begin(), wanted.end()))
        return fail(ErrorKind::unsupported, "Joust's triggers in its file are not those that were made");
    std::size_t records = 0;
    JOUST_CHECK(connection.each_row(
        fmt::format("SELECT '{}' || count(*) || ' ' || did || ' ' || length(CAST(changed AS BLOB)) || ' ' || "
                    "changed || coalesce(substr(request, 1, {}), '') FROM {} GROUP BY changed, did, request",
                    k_change, k_longest, k_table),
        [&](const SqliteConnection::Row& row) {
            if (++records <= k_most_records && row[0] != nullptr) tell_record(row[0]);
        }));
    if (records > k_most_records)
        return fail(ErrorKind::unsupported, "it changed rows of more requests than there were");
    return {};
}

Result<Testimony> parsed_testimony(std::string_view told) {
    Testimony testimony;
    for (const std::string_view record : split(told, '\0'))
        if (!record.empty() && !add(testimony, record))
            return fail(ErrorKind::unsupported, "what its file tells cannot be read: \"{}\"",
                        printable(record));
    return testimony;
}

}  // namespace joust::database
