#include "database/sqlite_connection.hpp"

#include <sys/stat.h>

namespace joust::database {
namespace {

using TakeRow = std::function<void(const SqliteConnection::Row&)>;

int hand_on(void* take, int columns, char** values, char**) {
    (*static_cast<const TakeRow*>(take))({values, static_cast<std::size_t>(columns)});
    return 0;
}

}  // namespace

Result<SqliteConnection> SqliteConnection::open(const Path& file, bool make, Nanoseconds patience) {
    struct stat about{};
    if (!make && ::lstat(file.c_str(), &about) == 0 && !S_ISREG(about.st_mode))
        return fail(ErrorKind::database, "the SQLite file {} is no regular file any more", file.string());
    sqlite3* raw = nullptr;
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOFOLLOW | (make ? SQLITE_OPEN_CREATE : 0);
    const int opened = sqlite3_open_v2(file.c_str(), &raw, flags, nullptr);
    SqliteConnection connection(raw);  // SQLite wants a handle closed even when opening failed
    if (opened != SQLITE_OK)
        return fail(ErrorKind::database, "cannot open the SQLite file {}: {}", file.string(),
                    sqlite3_errstr(opened));
    for (const int off :
         {SQLITE_DBCONFIG_ENABLE_TRIGGER, SQLITE_DBCONFIG_ENABLE_VIEW, SQLITE_DBCONFIG_TRUSTED_SCHEMA})
        sqlite3_db_config(raw, off, 0, nullptr);
    const auto wait = std::chrono::duration_cast<std::chrono::milliseconds>(patience).count();
    sqlite3_busy_timeout(raw, static_cast<int>(wait));
    return connection;
}

Status SqliteConnection::each_row(const std::string& statements, const TakeRow& take) {
    char* words = nullptr;
    const int done =
        sqlite3_exec(connection_.get(), statements.c_str(), hand_on, const_cast<TakeRow*>(&take), &words);
    const std::unique_ptr<char, decltype(&sqlite3_free)> owner(words, sqlite3_free);
    if (done != SQLITE_OK)
        return fail(ErrorKind::database, "{}", words != nullptr ? words : sqlite3_errstr(done));
    return {};
}

Result<std::vector<std::string>> SqliteConnection::run(const std::string& statements) {
    std::vector<std::string> rows;
    JOUST_CHECK(each_row(statements, [&](const Row& row) {
        if (!row.empty()) rows.emplace_back(row[0] != nullptr ? row[0] : "");
    }));
    return rows;
}

namespace {

// `text` between two of these marks, each of its own doubled.
std::string quoted(const std::string& text, char mark) {
    std::string result(1, mark);
    for (const char c : text)
        result.append(c == mark ? 2 : 1, c);
    return result + mark;
}

}  // namespace

std::string sqlite_identifier(const std::string& name) {
    return quoted(name, '"');
}

std::string sqlite_literal(const std::string& text) {
    return quoted(text, '\'');
}

}  // namespace joust::database
