#include <sqlite3.h>

#include <cstdlib>
#include <map>

#include "database.hpp"

namespace beast_service {
namespace {

struct Closes {
    void operator()(sqlite3* connection) const { sqlite3_close_v2(connection); }
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
// A statement that has ended holds no lock, whatever ended it.
struct Resets {
    void operator()(sqlite3_stmt* statement) const { sqlite3_reset(statement); }
};
using Statement = std::unique_ptr<sqlite3_stmt, Closes>;

class Sqlite final : public Database {
public:
    explicit Sqlite(std::string path) : path_(std::move(path)) {}

    void connect() override {
        sqlite3* opened = nullptr;
        const int status = sqlite3_open(path_.c_str(), &opened);
        connection_.reset(opened);
        check(status);
        const char* busy = std::getenv("SQLITE_BUSY_MS");
        sqlite3_busy_timeout(opened, busy != nullptr ? std::atoi(busy) : 20'000);
        sqlite3_extended_result_codes(opened, 1);
        script("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;");
    }

    Answer run(const std::string& text, const Parameters& parameters) override {
        if (!connection_) connect();
        const std::unique_ptr<sqlite3_stmt, Resets> statement(prepared(text));
        for (std::size_t i = 0; i < parameters.size(); ++i)
            check(sqlite3_bind_text(statement.get(), static_cast<int>(i) + 1, parameters[i].data(),
                                    static_cast<int>(parameters[i].size()), SQLITE_TRANSIENT));
        Answer answer;
        int status = sqlite3_step(statement.get());
        for (; status == SQLITE_ROW; status = sqlite3_step(statement.get())) {
            auto& values = answer.rows.emplace_back();
            for (int column = 0; column < sqlite3_column_count(statement.get()); ++column) {
                const auto* value = sqlite3_column_text(statement.get(), column);
                if (value == nullptr)
                    values.emplace_back();
                else
                    values.emplace_back(reinterpret_cast<const char*>(value));
            }
        }
        if (status != SQLITE_DONE) check(status);
        answer.changed = sqlite3_changes64(connection_.get());
        return answer;
    }

    void script(const std::string& statements) override {
        if (!connection_) connect();
        check(sqlite3_exec(connection_.get(), statements.c_str(), nullptr, nullptr, nullptr));
    }
    [[nodiscard]] const char* begin() const override { return "BEGIN IMMEDIATE"; }
    void recover() noexcept override {
        if (connection_ && sqlite3_get_autocommit(connection_.get()) == 0)
            sqlite3_exec(connection_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
    }
    [[nodiscard]] bool is_sqlite() const override { return true; }

private:
    sqlite3_stmt* prepared(const std::string& text) {
        const auto known = prepared_.find(text);
        if (known != prepared_.end()) return known->second.get();
        sqlite3_stmt* made = nullptr;
        check(sqlite3_prepare_v2(connection_.get(), text.data(), static_cast<int>(text.size()), &made,
                                 nullptr));
        return prepared_.emplace(text, Statement(made)).first->second.get();
    }

    void check(int status) const {
        if (status == SQLITE_OK) return;
        const std::string why = sqlite3_errmsg(connection_.get());
        if (status == SQLITE_CONSTRAINT_UNIQUE) throw NotUnique(why);
        throw DatabaseError(why);
    }

    std::string path_;
    std::unique_ptr<sqlite3, Closes> connection_;
    std::map<std::string, Statement> prepared_;
};

}  // namespace

std::unique_ptr<Database> open_sqlite(const std::string& path) {
    return std::make_unique<Sqlite>(path);
}

}  // namespace beast_service
