#include "database/sqlite.hpp"

#include <sys/stat.h>

#include "base/tree.hpp"
#include "database/sqlite_connection.hpp"
#include "host/facts.hpp"

namespace joust::database {
namespace {

// Below this much free space a checkpoint may already fail.
constexpr std::uintmax_t k_least_space = 1024 * 1024;

}  // namespace

Result<std::unique_ptr<Database>> Sqlite::start(const DatabaseContext& context) {
    if (context.spec.durability != model::Durability::full)
        return fail(
            ErrorKind::bad_input,
            "durability = \"{}\" with engine = \"sqlite\": each contender sets it on its own connections, so "
            "it can be neither enforced nor read back; write durability = \"full\"",
            model::name(context.spec.durability));
    const Path directory = context.run.directory() / "sqlite";
    JOUST_CHECK(make_directories(directory));
    if (::chmod(directory.c_str(), 0755) != 0)
        return fail(ErrorKind::io, "cannot set the mode of {}: {}", directory.string(), errno_text());
    JOUST_CHECK(host::give_to(context.user, directory));
    return std::unique_ptr<Database>(new Sqlite(directory, context.user, context.lock_patience));
}

Sqlite::~Sqlite() {
    static_cast<void>(stop());
}

Path Sqlite::file_of(const std::string& contender) const {
    return directory_ / (contender + ".sqlite3");
}

Result<std::string> Sqlite::create_for(const std::string& contender) {
    if (stopped_) return fail(ErrorKind::database, "the SQLite files {}", description());
    const Path file = file_of(contender);
    if (!files_.contains(contender)) {
        {
            JOUST_TRY(SqliteConnection connection, SqliteConnection::open(file, true, lock_patience_));
            // The journal's mode is kept in the file, so that every contender finds the same one.
            JOUST_CHECK(connection.run("PRAGMA journal_mode = WAL"));
        }
        JOUST_CHECK(host::give_to(user_, file));
        files_.emplace(contender, file);
    }
    return "sqlite:///" + file.string();
}

Status Sqlite::reset(const std::string& contender) {
    const auto known = files_.find(contender);
    if (known == files_.end()) return fail(ErrorKind::database, "no SQLite file was made for {}", contender);
    const auto run = [&](SqliteConnection& connection, const std::string& statements) {
        return connection.run(statements).map_error([&](const Error& error) {
            return Error{error.kind,
                         fmt::format("emptying the SQLite file of {}: {}", contender, error.message)};
        });
    };
    JOUST_TRY(SqliteConnection connection, SqliteConnection::open(known->second, false, lock_patience_));
    JOUST_TRY(const auto tables, run(connection,
                                     "SELECT name FROM sqlite_schema WHERE type = 'table' AND (name "
                                     "NOT LIKE 'sqlite\\_%' ESCAPE '\\' OR name = 'sqlite_sequence')"));
    // Foreign keys are not enforced on this connection, so the order of tables does not matter.
    std::string statements = "PRAGMA foreign_keys = OFF; BEGIN IMMEDIATE;";
    for (const std::string& table : tables)
        statements += fmt::format("DELETE FROM {};", sqlite_identifier(table));
    JOUST_CHECK(run(connection, statements + "COMMIT"));
    JOUST_CHECK(run(connection, "VACUUM"));
    JOUST_TRY(const auto busy, run(connection, "PRAGMA wal_checkpoint(TRUNCATE)"));
    if (busy.empty() || busy[0] != "0")
        return fail(ErrorKind::database,
                    "the SQLite file of {} could not be checkpointed: a reader of the contender "
                    "keeps it busy",
                    contender);
    return {};
}

Result<model::DatabaseFacts> Sqlite::facts() {
    model::DatabaseFacts facts;
    facts.engine = "sqlite";
    facts.version =
        fmt::format("{} (Joust's own library; each contender brings its own)", sqlite3_libversion());
    facts.data_file_system = host::read_storage_facts(directory_).file_system;
    facts.settings_in_force["synchronous"] = "set by each contender on its own connections; no file keeps it";
    if (files_.empty()) return facts;
    JOUST_TRY(SqliteConnection connection,
              SqliteConnection::open(files_.begin()->second, false, lock_patience_));
    for (const char* name : {"journal_mode", "page_size", "auto_vacuum", "encoding"}) {
        JOUST_TRY(const auto value, connection.run(fmt::format("PRAGMA {}", name)));
        facts.settings_in_force[name] = value.empty() ? "" : value[0];
    }
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
