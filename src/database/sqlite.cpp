#include "database/sqlite.hpp"

#include <array>
#include <charconv>
#include <optional>
#include <string_view>
#include <vector>

#include "base/text.hpp"
#include "base/tree.hpp"
#include "database/sqlite_connection.hpp"
#include "host/facts.hpp"
#include "host/owned_files.hpp"

namespace joust::database {
namespace {

// Below this much free space a checkpoint may already fail.
constexpr std::uintmax_t k_least_space = 1024 * 1024;

constexpr auto k_work_limit = std::chrono::minutes(2);  ///< locks of others apart
constexpr std::array<const char*, 4> k_pragmas = {"journal_mode", "page_size", "auto_vacuum", "encoding"};

// What the deputy is asked for.
constexpr std::string_view k_make = "make";
constexpr std::string_view k_empty = "empty";
constexpr std::string_view k_tell = "tell";
constexpr std::string_view k_count = "count ";  // and the table, NUL, and what a row is to hold
constexpr std::string_view k_changes = "changes";
constexpr std::string_view k_tables = "tables";
constexpr std::string_view k_call = "call ";    // and the tables, each with NUL behind it
constexpr std::string_view k_check = "check ";  // likewise
constexpr std::string_view k_dismiss = "dismiss";

constexpr std::size_t k_part = host::k_longest_part / 2;  // of rows: so that the last one fits as well
static_assert(k_part + 4 * RowsOfRequest::k_longest_id + 64 < host::k_longest_part);

// The journal's mode is kept in the file, so that every contender finds the same one.
Status make(const Path& file, Nanoseconds patience) {
    JOUST_TRY(SqliteConnection connection, SqliteConnection::open(file, true, patience));
    JOUST_CHECK(connection.run("PRAGMA journal_mode = WAL"));
    return {};
}

Status empty(const Path& file, Nanoseconds patience) {
    JOUST_TRY(SqliteConnection connection, SqliteConnection::open(file, false, patience));
    JOUST_TRY(const auto tables,
              connection.run("SELECT name FROM sqlite_schema WHERE type = 'table' AND (name "
                             "NOT LIKE 'sqlite\\_%' ESCAPE '\\' OR name = 'sqlite_sequence')"));
    // Foreign keys are not enforced on this connection, so the order of tables does not matter.
    std::string statements = "PRAGMA foreign_keys = OFF; BEGIN IMMEDIATE;";
    for (const std::string& table : tables)
        statements += fmt::format("DELETE FROM {};", sqlite_identifier(table));
    JOUST_CHECK(connection.run(statements + "COMMIT"));
    JOUST_CHECK(connection.run("VACUUM"));
    JOUST_TRY(const auto busy, connection.run("PRAGMA wal_checkpoint(TRUNCATE)"));
    if (busy.empty() || busy[0] != "0")
        return fail(ErrorKind::database,
                    "it could not be checkpointed: a reader of the contender keeps it busy");
    return {};
}

// Their values, a line each.
Result<std::string> read_pragmas(const Path& file, Nanoseconds patience) {
    JOUST_TRY(SqliteConnection connection, SqliteConnection::open(file, false, patience));
    std::string values;
    for (const char* name : k_pragmas) {
        JOUST_TRY(const auto value, connection.run(fmt::format("PRAGMA {}", name)));
        values += (value.empty() ? "" : value[0]) + "\n";
    }
    return values;
}

// Tells, for each request id, its rows, a space, those that hold what is `stated`, a space, and the id, which
// ends with NUL. Returns why they prove nothing; "" where they do.
Result<std::string> count_rows(const Path& file, Nanoseconds patience, const std::string& table,
                               std::string_view stated, const host::Tell& tell) {
    JOUST_TRY(SqliteConnection connection, SqliteConnection::open(file, false, patience));
    const std::string name = sqlite_identifier(table);
    // A view has no page of its own, a virtual table neither.
    JOUST_TRY(const auto pages, connection.run(fmt::format(
                                    "SELECT rootpage FROM sqlite_schema WHERE type = 'table' AND name = {}",
                                    sqlite_literal(table))));
    if (pages.empty()) return "there is no table of that name";
    if (pages[0] == "0") return "it is no ordinary table";
    std::string part;
    const Status read =
        connection.each_row(fmt::format("SELECT count(*) || ' ' || count(*) FILTER (WHERE {}) || ' ' || "
                                        "coalesce(substr(request_id, 1, {}), '') FROM {} GROUP BY request_id",
                                        stated, RowsOfRequest::k_longest_id, name),
                            [&](const SqliteConnection::Row& row) {
                                part.append(row[0] != nullptr ? row[0] : "").push_back('\0');
                                if (part.size() < k_part) return;
                                tell(part);
                                part.clear();
                            });
    if (!part.empty()) tell(part);
    if (!read) return fmt::format("it cannot be read: {}", read.error().message);
    return "";
}

// A row as count_rows() tells it.
std::optional<RowsOfRequest> rows_told(std::string_view text) {
    const std::size_t first = text.find(' ');
    const std::size_t second = first == std::string_view::npos ? first : text.find(' ', first + 1);
    if (second == std::string_view::npos) return std::nullopt;
    const auto number = [](std::string_view digits) {
        std::int64_t value = 0;
        std::from_chars(digits.data(), digits.data() + digits.size(), value);
        return value;
    };
    return RowsOfRequest{text.substr(second + 1), number(text.substr(0, first)),
                         number(text.substr(first + 1, second - first - 1))};
}

std::string with_tables(std::string_view work, const std::set<std::string>& tables) {
    std::string text(work);
    for (const std::string& table : tables)
        text.append(table).push_back('\0');
    return text;
}

std::set<std::string> tables_in(std::string_view text) {
    std::set<std::string> tables;
    for (const std::string_view table : split(text, '\0'))
        if (!table.empty()) tables.emplace(table);
    return tables;
}

Result<std::string> do_work(std::string_view request, const host::Tell& tell) {
    const std::size_t first = request.find('\n');
    const std::size_t second = request.find('\n', first + 1);
    const Nanoseconds patience(std::stoll(std::string(request.substr(0, first))));
    const Path file(request.substr(first + 1, second - first - 1));
    const std::string_view work = request.substr(second + 1);
    if (work == k_tell) return read_pragmas(file, patience);
    if (work.starts_with(k_count)) {
        const std::string_view what = work.substr(k_count.size());
        const std::size_t end = what.find('\0');
        return count_rows(file, patience, std::string(what.substr(0, end)), what.substr(end + 1), tell);
    }
    if (work == k_changes) {
        JOUST_CHECK(tell_state(file, patience, tell));
        return "";
    }
    if (work == k_tables) {
        JOUST_CHECK(tell_tables(file, patience, tell));
        return "";
    }
    if (work.starts_with(k_call)) {
        JOUST_CHECK(call_witness(file, patience, tables_in(work.substr(k_call.size()))));
        return "";
    }
    if (work.starts_with(k_check)) {
        JOUST_CHECK(check_witness(file, patience, tables_in(work.substr(k_check.size()))));
        return "";
    }
    if (work == k_dismiss) {
        JOUST_CHECK(dismiss_witness(file, patience));
        return "";
    }
    JOUST_CHECK(work == k_make ? make(file, patience) : empty(file, patience));
    return "";
}

}  // namespace

Result<std::unique_ptr<Database>> Sqlite::start(const DatabaseContext& context) {
    if (context.spec.durability != model::Durability::full)
        return fail(
            ErrorKind::bad_input,
            "durability = \"{}\" with engine = \"sqlite\": each contender sets it on its own connections, so "
            "it can be neither enforced nor read back; write durability = \"full\"",
            model::name(context.spec.durability));
    JOUST_CHECK(host::make_directory_for_users(context.run.directory() / "sqlite"));
    // Without links on the way: none is followed when a file in it is opened.
    std::error_code failed;
    const Path directory = std::filesystem::canonical(context.run.directory() / "sqlite", failed);
    if (failed)
        return fail(ErrorKind::io, "cannot look at {}: {}", (context.run.directory() / "sqlite").string(),
                    failed.message());
    JOUST_TRY(host::Deputy deputy, host::Deputy::start(do_work));
    JOUST_CHECK(context.run.record_session(deputy.identity()));
    return std::unique_ptr<Database>(new Sqlite(directory, std::move(deputy), context));
}

Sqlite::~Sqlite() {
    static_cast<void>(stop());
}

Path Sqlite::file_of(const std::string& contender) const {
    return directory_ / contender / "database.sqlite3";
}

const host::User& Sqlite::owner_of(const std::string& contender) const {
    const auto own = users_.find(contender);
    return own == users_.end() ? user_ : own->second;
}

Result<std::string> Sqlite::as_owner_of(const std::string& contender, std::string_view work,
                                        const host::Tell& each) const {
    return deputy_.ask(owner_of(contender), k_work_limit + lock_patience_,
                       fmt::format("{}\n{}\n{}", lock_patience_.count(), file_of(contender).string(), work),
                       each);
}

Result<std::string> Sqlite::create_for(const std::string& contender) {
    if (stopped_) return fail(ErrorKind::database, "the SQLite files {}", description());
    const Path file = file_of(contender);
    if (!files_.contains(contender)) {
        JOUST_CHECK(host::make_directory_of(owner_of(contender), file.parent_path()));
        JOUST_CHECK(as_owner_of(contender, k_make));
        files_.emplace(contender, file);
    }
    return "sqlite:///" + file.string();
}

Status Sqlite::reset(const std::string& contender) {
    const auto known = files_.find(contender);
    if (known == files_.end()) return fail(ErrorKind::database, "no SQLite file was made for {}", contender);
    const auto emptied = as_owner_of(contender, k_empty);
    if (emptied) return {};
    return fail(emptied.error().kind, "emptying the SQLite file of {}: {}", contender,
                emptied.error().message);
}

Result<SqliteState> Sqlite::told_of(const std::string& contender, std::string_view work) {
    std::string told;
    JOUST_CHECK(as_owner_of(contender, work, [&](std::string_view part) { told += part; }));
    JOUST_TRY(SqliteState state, parsed_state(told));
    for (const auto& [table, about] : state.tables)
        if (about.ordinary) made_[contender].try_emplace(table, about.constraints);
    return state;
}

Result<SqliteState> Sqlite::state_of(const std::string& contender) {
    return told_of(contender, k_changes);
}

Result<TableStates> Sqlite::tables_of(const std::string& contender) {
    auto told = told_of(contender, k_tables);
    if (!told)
        return fail(told.error().kind, "reading the tables of {}: {}", contender, told.error().message);
    return std::move(told->tables);
}

// What cannot be counted is no reason to end the run: the trial's effects say why.
Status Sqlite::begin_turn(const std::string& contender) {
    turn_ = Turn{contender, state_of(contender)};
    return {};
}

Result<std::optional<ChangeLog>> Sqlite::changes_in_turn(const std::string& contender) {
    const auto not_counted = [](std::string_view what, const Error& error) {
        return fail(error.kind, "SQLite's change counter {}: {}", what, error.message);
    };
    if (!turn_ || turn_->contender != contender)
        return fail(ErrorKind::database, "counting the changes of {}: it was not this one's turn", contender);
    if (!turn_->begun) return not_counted("was not read at the beginning of the turn", turn_->begun.error());
    const auto ended = state_of(contender);
    if (!ended) return not_counted("was not read at the end of the turn", ended.error());
    auto changes = changes_between(*turn_->begun, *ended);
    if (!changes) return not_counted("does not cover the turn", changes.error());
    changes->made = made_[contender];
    return std::optional(std::move(*changes));
}

Status Sqlite::call_witness(const std::string& contender, const std::set<std::string>& tables) {
    JOUST_CHECK(as_owner_of(contender, with_tables(k_call, tables)));
    auto begun = state_of(contender);
    if (!begun) {
        JOUST_CHECK(dismiss_witness(contender));
        return tl::unexpected(begun.error());
    }
    witness_ = {contender, tables, std::move(*begun)};
    return {};
}

Result<Witnessed> Sqlite::witnessed(const std::string& contender) {
    if (!witness_ || witness_->contender != contender)
        return fail(ErrorKind::database, "nothing was to tell the rows of {}", contender);
    JOUST_TRY(const SqliteState now, state_of(contender));
    JOUST_CHECK(as_owner_of(contender, with_tables(k_check, witness_->tables)));
    return witnessed_between(witness_->begun, now, witness_->tables);
}

Status Sqlite::dismiss_witness(const std::string& contender) {
    witness_.reset();
    JOUST_CHECK(as_owner_of(contender, k_dismiss));
    return {};
}

Result<std::string> Sqlite::rows_by_request(const std::string& contender, const RowQuery& query,
                                            const TakeRows& each) {
    // Without its table, the name of a column that is not there would be a text.
    std::string stated = "1";
    for (const auto& [column, value] : query.values)
        stated += fmt::format(" AND CAST({}.{} AS TEXT) = {}", sqlite_identifier(query.table),
                              sqlite_identifier(column), sqlite_literal(value));
    const auto take = [&](std::string_view part) {
        for (const std::string_view row : split(part, '\0'))
            if (const auto rows = rows_told(row)) each(*rows);
    };
    auto problem = as_owner_of(contender, fmt::format("{}{}{}{}", k_count, query.table, '\0', stated), take);
    if (!problem)
        return fail(problem.error().kind, "reading the table {} of {}: {}", query.table, contender,
                    problem.error().message);
    return problem;
}

Result<model::DatabaseFacts> Sqlite::facts() {
    model::DatabaseFacts facts;
    facts.engine = model::DatabaseEngine::sqlite;
    facts.version =
        fmt::format("{} (Joust's own library; each contender brings its own)", sqlite3_libversion());
    facts.data_file_system = host::read_storage_facts(directory_).file_system;
    facts.settings_in_force["synchronous"] = "set by each contender on its own connections; no file keeps it";
    if (files_.empty()) return facts;
    JOUST_TRY(const std::string read, as_owner_of(files_.begin()->first, k_tell));
    const std::vector<std::string_view> values = split(read, '\n');
    for (std::size_t i = 0; i < k_pragmas.size(); ++i)
        facts.settings_in_force[k_pragmas[i]] = i < values.size() ? values[i] : "";
    return facts;
}

std::string Sqlite::description() const {
    return stopped_ ? "are removed" : "runs inside each contender";
}

Status Sqlite::sound_since(LogMark) const {
    std::error_code failed;
    const auto space = std::filesystem::space(directory_, failed);
    if (failed)
        return fail(ErrorKind::io, "cannot look at the disk with {}: {}", directory_.string(),
                    failed.message());
    if (space.available < k_least_space)
        return fail(ErrorKind::database, "the disk with the SQLite files ({}) is full; free some space",
                    directory_.string());
    return {};
}

Status Sqlite::stop() {
    if (stopped_) return {};
    stopped_ = true;
    return remove_tree(directory_);
}

}  // namespace joust::database
