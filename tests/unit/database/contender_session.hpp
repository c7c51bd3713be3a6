#pragma once

#include <libpq-fe.h>

#include <memory>
#include <string>
#include <utility>

#include "database/database.hpp"
#include "support/rig.hpp"

// What tests of a real PostgreSQL have in common.
namespace joust::database {

/// Sessions as a contender opens them: over TCP, with its URL.
class ContenderSession {
public:
    explicit ContenderSession(const std::string& url) : connection_(PQconnectdb(url.c_str())) {}
    ContenderSession(ContenderSession&& other) noexcept
        : connection_(std::exchange(other.connection_, nullptr)) {}
    ContenderSession& operator=(ContenderSession&&) = delete;
    ~ContenderSession() { PQfinish(connection_); }

    [[nodiscard]] bool open() const { return PQstatus(connection_) == CONNECTION_OK; }
    [[nodiscard]] std::string words() const { return PQerrorMessage(connection_); }
    /// The first field of the first row, "" if there is none.
    std::string ask(const std::string& statement) const {
        PGresult* const result = PQexec(connection_, statement.c_str());
        const bool row = PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) > 0;
        std::string field = row ? PQgetvalue(result, 0, 0) : "";
        PQclear(result);
        return field;
    }
    std::string state_of(const std::string& statement) const {
        PGresult* const result = PQexec(connection_, statement.c_str());
        const char* const code = PQresultErrorField(result, PG_DIAG_SQLSTATE);
        std::string state = code != nullptr ? code : "";
        PQclear(result);
        return state;
    }

private:
    PGconn* connection_;
};

/// Without limits, as its spec has it.
inline std::unique_ptr<Database> started_database(test::Rig& rig, const model::DatabaseSpec& spec) {
    return test::must(start_database({.spec = spec,
                                      .limits = std::nullopt,
                                      .cpu = std::nullopt,
                                      .runtime = rig.runtime(),
                                      .run = rig.run(),
                                      .user = rig.user(),
                                      .log_directory = rig.logs()}));
}

}  // namespace joust::database
