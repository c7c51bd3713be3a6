#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace beast_service {

/// What a statement gave back: its rows as text, and how many rows it wrote.
struct Answer {
    std::vector<std::vector<std::optional<std::string>>> rows;
    std::int64_t changed = 0;
};

struct DatabaseError : std::runtime_error {
    using std::runtime_error::runtime_error;
};
/// A value that has to be unique is there already.
struct NotUnique : DatabaseError {
    using DatabaseError::DatabaseError;
};

using Parameters = std::vector<std::string>;

/// One connection to the database, of one thread. It connects when it is first used, and again after it was
/// lost: the statement that notices the loss fails.
class Database {
public:
    virtual ~Database() = default;
    virtual void connect() = 0;
    /// One statement. Parameters stand as $1, $2, … and come first in that order, which both engines read
    /// alike.
    virtual Answer run(const std::string& statement, const Parameters& parameters = {}) = 0;
    /// Several statements without parameters.
    virtual void script(const std::string& statements) = 0;
    /// How a transaction that writes begins.
    [[nodiscard]] virtual const char* begin() const = 0;
    /// Ends what a failed transaction left open; a connection that is lost is given up.
    virtual void recover() noexcept = 0;
    [[nodiscard]] virtual bool is_sqlite() const = 0;
};

/// By DATABASE_URL: postgres://… or sqlite:///PATH. Each new session first runs `session`, unless that is "".
std::unique_ptr<Database> open_database(const std::string& url, const std::string& session);
std::unique_ptr<Database> open_postgres(const std::string& url, const std::string& session);
std::unique_ptr<Database> open_sqlite(const std::string& path);

/// A transaction: rolled back unless it was committed.
class Transaction {
public:
    explicit Transaction(Database& database) : database_(database) {
        try {
            database_.run(database_.begin());
        } catch (...) {
            database_.recover();
            throw;
        }
    }
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    ~Transaction() {
        if (open_) database_.recover();
    }
    void commit() {
        database_.run("COMMIT");
        open_ = false;
    }
    /// The commit, for later.
    std::function<void()> leave_open() {
        open_ = false;
        return [&database = database_] { database.run("COMMIT"); };
    }

private:
    Database& database_;
    bool open_ = true;
};

/// Now, in UTC, as both engines store it: "2024-05-01 12:00:00.123456+00" (SQLite: without the offset).
std::string time_now(const Database& database);
/// A column's time as it stands in JSON: SQL that gives "2024-05-01T12:00:00.123456Z".
std::string json_time(const Database& database, const std::string& column);

}  // namespace beast_service
