#include "database/sqlite_witness.hpp"

#include <array>
#include <vector>

#include "base/text.hpp"
#include "database/sqlite_connection.hpp"

namespace joust::database {
namespace {

constexpr std::string_view k_prefix = "joust_witness_";  // of whatever is made here

struct Deed {
    const char* event;
    std::int64_t model::RowEffects::* count;
};
constexpr std::array<Deed, 3> k_deeds{{{"INSERT", &model::RowEffects::inserted},
                                       {"UPDATE", &model::RowEffects::updated},
                                       {"DELETE", &model::RowEffects::deleted}}};

// Of the table and the trigger of one kind of change to one table, by its place among them: a table's name
// may be as long as the contender likes.
std::string name_of(std::size_t place, const Deed& deed) {
    return fmt::format("{}{}_{}", k_prefix, place, deed.event);
}

// As the file's schema keeps them, word by word. DO NOTHING holds whatever the contender's own statement says
// of conflicts, which would go before an OR IGNORE.
std::vector<std::string> schema_of(const std::set<std::string>& tables) {
    std::vector<std::string> statements;
    std::size_t place = 0;
    for (const std::string& table : tables) {
        for (const Deed& deed : k_deeds) {
            const std::string name = name_of(place, deed);
            statements.push_back(
                fmt::format("CREATE TABLE {} (id INTEGER PRIMARY KEY AUTOINCREMENT, one UNIQUE)", name));
            statements.push_back(
                fmt::format("CREATE TRIGGER {0}_on AFTER {1} ON {2} BEGIN INSERT INTO {0} (one) VALUES (1) "
                            "ON CONFLICT (one) DO NOTHING; END",
                            name, deed.event, sqlite_identifier(table)));
        }
        ++place;
    }
    return statements;
}

// The row that keeps out all others.
std::string first_rows(std::size_t tables) {
    std::string statements;
    for (std::size_t place = 0; place < tables; ++place)
        for (const Deed& deed : k_deeds)
            statements += fmt::format("INSERT INTO {} (one) VALUES (1);", name_of(place, deed));
    return statements;
}

std::string ours(std::string_view what) {
    return fmt::format("SELECT {} FROM sqlite_schema WHERE substr(name, 1, {}) = '{}'", what, k_prefix.size(),
                       k_prefix);
}

Status dismiss(SqliteConnection& connection) {
    std::string statements = "BEGIN IMMEDIATE;";
    for (const char* type : {"trigger", "table", "view"}) {
        JOUST_TRY(const auto names, connection.run(fmt::format("{} AND type = '{}'", ours("name"), type)));
        for (const std::string& name : names)
            statements += fmt::format("DROP {} {};", type, sqlite_identifier(name));
    }
    JOUST_CHECK(connection.run(statements + "COMMIT"));
    return {};
}

}  // namespace

Status call_witness(const Path& file, Nanoseconds patience, const std::set<std::string>& tables) {
    JOUST_TRY(SqliteConnection connection, SqliteConnection::open(file, false, patience));
    JOUST_CHECK(dismiss(connection));
    for (const std::string& table : tables) {
        JOUST_TRY(const auto there, connection.run(fmt::format("SELECT 1 FROM sqlite_schema WHERE rootpage > "
                                                               "0 AND type = 'table' AND name = {}",
                                                               sqlite_literal(table))));
        if (there.empty()) return fail(ErrorKind::unsupported, "there is no table {}", table);
    }
    JOUST_CHECK(connection.run(fmt::format("BEGIN IMMEDIATE;{};{}COMMIT", joined(schema_of(tables), ";"),
                                           first_rows(tables.size()))));
    return {};
}

Status dismiss_witness(const Path& file, Nanoseconds patience) {
    JOUST_TRY(SqliteConnection connection, SqliteConnection::open(file, false, patience));
    return dismiss(connection);
}

Status check_witness(const Path& file, Nanoseconds patience, const std::set<std::string>& tables) {
    JOUST_TRY(SqliteConnection connection, SqliteConnection::open(file, false, patience));
    JOUST_TRY(const auto there, connection.run(ours("sql") + " AND sql IS NOT NULL"));
    const std::vector<std::string> made = schema_of(tables);
    if (std::multiset<std::string>(there.begin(), there.end()) !=
        std::multiset<std::string>(made.begin(), made.end()))
        return fail(ErrorKind::unsupported, "Joust's triggers in its file are not those that were made");
    return {};
}

Result<Witnessed> witnessed_between(const SqliteState& before, const SqliteState& after,
                                    const std::set<std::string>& tables) {
    JOUST_TRY(const std::uint32_t commits, commits_between(before, after));
    Witnessed seen{.commits = commits, .rows = {}};
    const auto number = [](const SqliteState& state, const std::string& name) {
        const auto found = state.numbered.find(name);
        return found == state.numbered.end() ? 0 : found->second;
    };
    std::size_t place = 0;
    for (const std::string& table : tables) {
        for (const Deed& deed : k_deeds) {
            const std::string name = name_of(place, deed);
            const std::int64_t changed = number(after, name) - number(before, name);
            if (changed < 0)
                return fail(ErrorKind::unsupported, "its sqlite_sequence was emptied in between");
            if (changed > 0) seen.rows[table].*(deed.count) = changed;
        }
        ++place;
    }
    return seen;
}

}  // namespace joust::database
