#include <libpq-fe.h>

#include <map>

#include "database.hpp"

namespace beast_service {
namespace {

struct Closes {
    void operator()(PGconn* connection) const { PQfinish(connection); }
    void operator()(PGresult* result) const { PQclear(result); }
};
using Result = std::unique_ptr<PGresult, Closes>;

class Postgres final : public Database {
public:
    Postgres(std::string url, std::string session) : url_(std::move(url)), session_(std::move(session)) {}

    void connect() override {
        prepared_.clear();
        connection_.reset(PQconnectdb(url_.c_str()));
        if (PQstatus(connection_.get()) != CONNECTION_OK) {
            const std::string why = PQerrorMessage(connection_.get());
            connection_.reset();
            throw DatabaseError("cannot connect: " + why);
        }
        PQsetNoticeProcessor(connection_.get(), [](void*, const char*) {}, nullptr);
        if (!session_.empty()) script(session_);
    }

    Answer run(const std::string& statement, const Parameters& parameters) override {
        if (!connection_) connect();
        if (parameters.empty()) return answer(Result(PQexec(connection_.get(), statement.c_str())));
        std::vector<const char*> values;
        for (const std::string& parameter : parameters)
            values.push_back(parameter.c_str());
        const auto count = static_cast<int>(values.size());
        return answer(Result(PQexecPrepared(connection_.get(), prepared(statement, count).c_str(), count,
                                            values.data(), nullptr, nullptr, 0)));
    }

    void script(const std::string& statements) override { run(statements, {}); }
    [[nodiscard]] const char* begin() const override { return "BEGIN"; }

    void recover() noexcept override {
        if (!connection_) return;
        if (PQstatus(connection_.get()) == CONNECTION_OK &&
            PQtransactionStatus(connection_.get()) != PQTRANS_IDLE)
            const Result ignored(PQexec(connection_.get(), "ROLLBACK"));
        if (PQstatus(connection_.get()) != CONNECTION_OK ||
            PQtransactionStatus(connection_.get()) != PQTRANS_IDLE)
            connection_.reset();
    }

    [[nodiscard]] bool is_sqlite() const override { return false; }

private:
    // Planned and parsed once for each session.
    const std::string& prepared(const std::string& statement, int count) {
        const auto known = prepared_.find(statement);
        if (known != prepared_.end()) return known->second;
        std::string name = "s" + std::to_string(prepared_.size());
        answer(Result(PQprepare(connection_.get(), name.c_str(), statement.c_str(), count, nullptr)));
        return prepared_.emplace(statement, std::move(name)).first->second;
    }

    Answer answer(const Result& result) {
        const ExecStatusType status = PQresultStatus(result.get());
        if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK && status != PGRES_EMPTY_QUERY) {
            const std::string why =
                result ? PQresultErrorMessage(result.get()) : PQerrorMessage(connection_.get());
            const char* code = PQresultErrorField(result.get(), PG_DIAG_SQLSTATE);
            const bool unique = code != nullptr && std::string(code) == "23505";
            if (PQstatus(connection_.get()) != CONNECTION_OK) connection_.reset();
            if (unique) throw NotUnique(why);
            throw DatabaseError(why);
        }
        Answer answer;
        const std::string changed = PQcmdTuples(result.get());
        if (!changed.empty()) answer.changed = std::stoll(changed);
        for (int row = 0; row < PQntuples(result.get()); ++row) {
            auto& values = answer.rows.emplace_back();
            for (int column = 0; column < PQnfields(result.get()); ++column)
                if (PQgetisnull(result.get(), row, column) != 0)
                    values.emplace_back();
                else
                    values.emplace_back(PQgetvalue(result.get(), row, column));
        }
        return answer;
    }

    std::string url_;
    std::string session_;
    std::unique_ptr<PGconn, Closes> connection_;
    std::map<std::string, std::string> prepared_;
};

}  // namespace

std::unique_ptr<Database> open_postgres(const std::string& url, const std::string& session) {
    return std::make_unique<Postgres>(url, session);
}

}  // namespace beast_service
