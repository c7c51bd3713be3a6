#pragma once

#include <libpq-fe.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/file.hpp"

namespace joust::database {

/// Whom to connect as, and where.
struct ConnectionTarget {
    std::string host;  ///< an address, or the directory of a Unix socket
    std::uint16_t port = 0;
    std::string user;
    std::string password;
    std::string database;
    std::string options = "";  ///< settings that the session asks for: "-c name=value …"
};

/// Rows of text, null as empty optionals.
using Rows = std::vector<std::vector<std::optional<std::string>>>;

/// The fields of one row; empty where they are null. Valid in the call that has it.
using RowView = std::vector<std::optional<std::string_view>>;

/// A session with a PostgreSQL server; closed at the end of its life.
class Connection {
public:
    /// Fails (timed_out) at the deadline, or (database) with the server's words.
    static Result<Connection> open(const ConnectionTarget& target, TimePoint deadline);

    /// Runs one statement with text parameters $1, $2 …; waits at most `limit`, after which the connection is
    /// of no use any more. An error has the server's words without the statement, which may hold a password.
    Result<Rows> query(const std::string& statement, const std::vector<std::string>& parameters = {},
                       Nanoseconds limit = std::chrono::minutes(2));
    /// The same, but each row is handed to `take` as it comes, and none is kept. What fails may do so after
    /// some rows.
    Status each_row(const std::string& statement, const std::vector<std::string>& parameters,
                    const std::function<void(const RowView&)>& take,
                    Nanoseconds limit = std::chrono::minutes(2));
    /// SQLSTATE of the last statement that failed; "" if none did.
    [[nodiscard]] const std::string& error_code() const { return error_code_; }
    /// `name` in double quotes, as SQL wants identifiers.
    static std::string identifier(const std::string& name);

private:
    struct Closer {
        void operator()(PGconn* connection) const { PQfinish(connection); }
    };
    explicit Connection(PGconn* connection) : connection_(connection) {}
    Status send(const std::string& statement, const std::vector<std::string>& parameters);
    Status wait_for_result(TimePoint deadline);
    /// Hands all results of the statement that was sent to `take`, but for errors.
    Status results(TimePoint deadline, const std::function<void(const PGresult*)>& take);

    std::unique_ptr<PGconn, Closer> connection_;
    std::string error_code_;
};

}  // namespace joust::database
