#include "database/postgres_connection.hpp"

#include <poll.h>

#include <algorithm>

#include "base/text.hpp"

namespace joust::database {
namespace {

enum class Ready { yes, timed_out };

// Waits until the socket can be read (or written) or the deadline has passed.
Ready wait_for(int socket, short events, TimePoint deadline) {
    for (;;) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - now()).count();
        if (left <= 0) return Ready::timed_out;
        pollfd entry{socket, events, 0};
        if (::poll(&entry, 1, static_cast<int>(std::min<long>(left, 1000))) > 0) return Ready::yes;
    }
}

std::string words_of(const PGconn* connection) {
    return std::string(trimmed(PQerrorMessage(connection)));
}

struct ResultCloser {
    void operator()(PGresult* result) const { PQclear(result); }
};
using ResultOwner = std::unique_ptr<PGresult, ResultCloser>;

Rows rows_of(const PGresult* result) {
    Rows rows;
    for (int row = 0; row < PQntuples(result); ++row) {
        auto& fields = rows.emplace_back();
        for (int field = 0; field < PQnfields(result); ++field) {
            if (PQgetisnull(result, row, field) != 0)
                fields.emplace_back();
            else
                fields.emplace_back(PQgetvalue(result, row, field));
        }
    }
    return rows;
}

}  // namespace

Result<Connection> Connection::open(const ConnectionTarget& target, TimePoint deadline) {
    const std::string port = std::to_string(target.port);
    const char* const names[] = {"host",     "port",    "user",
                                 "password", "dbname",  "application_name",
                                 "sslmode",  "options", "client_encoding",
                                 nullptr};
    const char* const values[] = {target.host.c_str(),
                                  port.c_str(),
                                  target.user.c_str(),
                                  target.password.c_str(),
                                  target.database.c_str(),
                                  "joust",
                                  "disable",
                                  target.options.c_str(),
                                  "UTF8",
                                  nullptr};
    Connection connection(PQconnectStartParams(names, values, 0));
    PGconn* const raw = connection.connection_.get();
    if (raw == nullptr) return fail(ErrorKind::database, "out of memory for a connection to PostgreSQL");
    PostgresPollingStatusType next = PGRES_POLLING_WRITING;
    while (PQstatus(raw) != CONNECTION_BAD && next != PGRES_POLLING_OK) {
        const short events = next == PGRES_POLLING_READING ? POLLIN : POLLOUT;
        if (wait_for(PQsocket(raw), events, deadline) == Ready::timed_out)
            return fail(ErrorKind::timed_out, "PostgreSQL at {} did not take a connection in time",
                        target.host);
        next = PQconnectPoll(raw);
        if (next == PGRES_POLLING_FAILED) break;
    }
    if (PQstatus(raw) != CONNECTION_OK) return fail(ErrorKind::database, "{}", words_of(raw));
    return connection;
}

Status Connection::wait_for_result(TimePoint deadline) {
    PGconn* const raw = connection_.get();
    while (PQisBusy(raw) != 0) {
        if (wait_for(PQsocket(raw), POLLIN, deadline) == Ready::timed_out)
            return fail(ErrorKind::timed_out, "PostgreSQL did not answer in time");
        if (PQconsumeInput(raw) == 0) return fail(ErrorKind::database, "{}", words_of(raw));
    }
    return {};
}

Status Connection::send(const std::string& statement, const std::vector<std::string>& parameters) {
    std::vector<const char*> values;
    for (const std::string& parameter : parameters)
        values.push_back(parameter.c_str());
    PGconn* const raw = connection_.get();
    if (PQsendQueryParams(raw, statement.c_str(), static_cast<int>(values.size()), nullptr, values.data(),
                          nullptr, nullptr, 0) == 0)
        return fail(ErrorKind::database, "{}", words_of(raw));
    return {};
}

Status Connection::results(TimePoint deadline, const std::function<void(const PGresult*)>& take) {
    std::string failure;
    for (;;) {
        JOUST_CHECK(wait_for_result(deadline));
        const ResultOwner result(PQgetResult(connection_.get()));
        if (!result) break;
        const ExecStatusType status = PQresultStatus(result.get());
        if (status == PGRES_TUPLES_OK || status == PGRES_SINGLE_TUPLE || status == PGRES_COMMAND_OK) {
            take(result.get());
        } else {
            failure = trimmed(PQresultErrorMessage(result.get()));
            const char* const code = PQresultErrorField(result.get(), PG_DIAG_SQLSTATE);
            error_code_ = code != nullptr ? code : "";
        }
    }
    if (!failure.empty()) return fail(ErrorKind::database, "{}", failure);
    return {};
}

Result<Rows> Connection::query(const std::string& statement, const std::vector<std::string>& parameters,
                               Nanoseconds limit) {
    const TimePoint deadline = now() + limit;
    JOUST_CHECK(send(statement, parameters));
    Rows rows;
    JOUST_CHECK(results(deadline, [&](const PGresult* result) { rows = rows_of(result); }));
    return rows;
}

Status Connection::each_row(const std::string& statement, const std::vector<std::string>& parameters,
                            const std::function<void(const RowView&)>& take, Nanoseconds limit) {
    const TimePoint deadline = now() + limit;
    JOUST_CHECK(send(statement, parameters));
    PQsetSingleRowMode(connection_.get());
    RowView view;
    return results(deadline, [&](const PGresult* result) {
        for (int row = 0; row < PQntuples(result); ++row) {
            view.clear();
            for (int field = 0; field < PQnfields(result); ++field)
                view.push_back(PQgetisnull(result, row, field) != 0
                                   ? std::optional<std::string_view>()
                                   : std::string_view(PQgetvalue(result, row, field)));
            take(view);
        }
    });
}

std::string Connection::identifier(const std::string& name) {
    std::string quoted = "\"";
    for (const char c : name)
        quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
    return quoted + "\"";
}

}  // namespace joust::database
