#include "database/postgres_rows.hpp"

#include <charconv>

namespace joust::database {
namespace {

// What the catalog, which the contender cannot write, says of a table; "" where its rows can be counted
// without any code of the contender's: an ordinary table whose request ids are of a type of the server's own.
Result<std::string> problem_of(Connection& session, const std::string& table) {
    JOUST_TRY(const Rows found,
              session.query(
                  "SELECT c.relkind::text, c.relpersistence::text, t.typnamespace::regnamespace::text "
                  "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_attribute a "
                  "ON a.attrelid = c.oid AND a.attname = 'request_id' AND NOT a.attisdropped "
                  "LEFT JOIN pg_type t ON t.oid = a.atttypid "
                  "WHERE n.nspname = 'public' AND c.relname = $1",
                  {table}));
    if (found.empty()) return "it does not exist in the schema public";
    if (found[0][0] != "r") return "it is no ordinary table";
    if (found[0][1] != "p") return "it is unlogged, so a crash empties it";
    if (!found[0][2]) return "it has no column request_id";
    if (found[0][2] != "pg_catalog") return "its column request_id has a type of the contender's own";
    return "";
}

// Casting a value of a contender's own type to text runs the contender's code.
Result<std::string> problem_of_column(Connection& session, const std::string& table,
                                      const std::string& column) {
    JOUST_TRY(
        const Rows found,
        session.query("SELECT t.typnamespace::regnamespace::text FROM pg_class c JOIN pg_namespace n ON "
                      "n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname "
                      "= $2 AND NOT a.attisdropped JOIN pg_type t ON t.oid = a.atttypid WHERE "
                      "n.nspname = 'public' AND c.relname = $1",
                      {table, column}));
    if (found.empty()) return "it has no column " + column;
    if (found[0][0] != "pg_catalog") return "its column " + column + " has a type of the contender's own";
    return "";
}

std::int64_t number_in(const std::optional<std::string_view>& text) {
    std::int64_t number = 0;
    if (text) std::from_chars(text->data(), text->data() + text->size(), number);
    return number;
}

}  // namespace

Result<std::string> rows_of(Connection& session, const RowQuery& query, Nanoseconds lock_patience,
                            const std::function<bool()>& running, const TakeRows& each) {
    const std::string& table = query.table;
    const std::string name = "public." + Connection::identifier(table);
    // Nobody can put another one in its place from here on.
    JOUST_CHECK(session.query("BEGIN"));
    JOUST_CHECK(session.query(fmt::format("SET LOCAL lock_timeout = {}",
                                          duration_cast<std::chrono::milliseconds>(lock_patience).count())));
    if (const auto locked = session.query(fmt::format("LOCK TABLE ONLY {} IN ACCESS SHARE MODE", name));
        !locked) {
        if (!running()) return tl::unexpected(locked.error());
        return "it cannot be read: " + locked.error().message;
    }
    JOUST_TRY(std::string problem, problem_of(session, table));
    std::string stated = "true";
    std::vector<std::string> values;
    for (const auto& [column, value] : query.values) {
        if (problem.empty()) {
            JOUST_TRY(problem, problem_of_column(session, table, column));
        }
        values.push_back(value);
        stated += fmt::format(" AND {}::text = ${}", Connection::identifier(column), values.size());
    }
    if (!problem.empty()) return problem;
    JOUST_CHECK(session.each_row(
        fmt::format("SELECT left(request_id::text, {}), count(*), count(*) FILTER (WHERE {}) FROM ONLY {} "
                    "GROUP BY request_id",
                    RowsOfRequest::k_longest_id, stated, name),
        values,
        [&](const RowView& row) { each({row[0].value_or(""), number_in(row[1]), number_in(row[2])}); }));
    return "";
}

}  // namespace joust::database
