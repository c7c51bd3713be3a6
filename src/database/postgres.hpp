#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "database/database.hpp"
#include "database/postgres_connection.hpp"
#include "database/postgres_data.hpp"
#include "runtime/party.hpp"

namespace joust::database {

/// A private PostgreSQL server with a cluster of its own: on a loopback port and a Unix socket, with random
/// passwords, in its limits. Each contender has a database and a role that owns it and can reach no other.
class Postgres final : public Database {
public:
    using PortChoice = std::function<Result<std::uint16_t>()>;
    /// Asks for another port as long as somebody else takes the chosen one first, at most five times.
    static Result<std::unique_ptr<Database>> start(const DatabaseContext& context,
                                                   const PortChoice& choose_port);

    Postgres(const Postgres&) = delete;
    Postgres& operator=(const Postgres&) = delete;
    ~Postgres() override;

    Result<std::string> create_for(const std::string& contender) override;
    [[nodiscard]] std::optional<Path> directory_of(const std::string&) const override { return std::nullopt; }
    Status reset(const std::string& contender) override;
    Result<TableStates> tables_of(const std::string& contender) override;
    Status begin_turn(const std::string& contender) override;
    Result<std::string> rows_by_request(const std::string& contender, const RowQuery& query,
                                        const TakeRows& each) override;
    Result<std::optional<std::uint64_t>> log_syncs(const std::string& contender, Sessions sessions) override;
    Result<std::optional<model::OwnSettings>> own_settings(const std::string& contender) override;
    Result<std::unique_ptr<SessionReader>> session_reader(const std::string& contender) override;
    Result<std::optional<ChangeLog>> changes_in_turn(const std::string& contender) override;
    Status read_changes(const ChangeLog& log, const std::function<void(const WalRecord&)>& each) override;
    Result<model::DatabaseFacts> facts() override;
    [[nodiscard]] std::optional<host::UsageSource> usage_source() const override;
    [[nodiscard]] Result<std::optional<model::LimitsInForce>> limits_in_force() const override;
    [[nodiscard]] bool running() const override;
    [[nodiscard]] std::string description() const override;
    [[nodiscard]] LogMark mark() const override;
    [[nodiscard]] std::vector<model::Incident> incidents_since(LogMark mark) const override;
    [[nodiscard]] Status sound_since(LogMark mark) const override;
    Status behave(Behaviour behaviour) override;
    Status kill() override;
    Status start_again() override;
    Result<std::uint64_t> statements_since(const std::string& contender, LogMark mark) override;
    Status stop() override;

    /// A session of the superuser, for whom three connections are kept free.
    [[nodiscard]] Result<Connection> admin_session(const std::string& database) const;
    [[nodiscard]] pid_t pid() const { return server_->pid(); }
    [[nodiscard]] const PostgresFiles& files() const { return files_; }

private:
    Postgres(const DatabaseContext& context, PostgresFiles files, std::string password);
    Status launch(std::uint16_t port);
    Status wait_until_ready(TimePoint deadline) const;
    Status check_in_force();
    [[nodiscard]] Path log() const;  ///< up to date
    [[nodiscard]] std::string superusers_host() const;
    [[nodiscard]] Status close_to_contenders() const;
    [[nodiscard]] Result<Connection> superuser_session(const std::string& database,
                                                       const char* options) const;
    Result<TableStates> read_tables(Connection& session, const std::string& contender);
    [[nodiscard]] Error with_context(const Error& error, const std::string& doing) const;

    // What is logged in a contender's turn.
    struct Stretch {
        std::string contender;
        std::string start;
        TableStates before;
    };

    model::DatabaseSpec spec_;
    runtime::Runtime& runtime_;
    host::RunState& run_;
    runtime::Interrupted interrupted_;
    PostgresFiles files_;
    std::string password_;  ///< of the superuser
    host::User user_;
    std::map<std::string, int> connections_;  ///< that contenders declare
    std::optional<model::Limits> limits_;
    std::optional<host::CpuShare> cpu_;
    Nanoseconds lock_patience_;
    Path log_;
    std::uint64_t log_start_ = 0;  ///< where the running server's own output begins
    std::uint16_t port_ = 0;
    std::unique_ptr<runtime::Party> server_;  ///< null before launch() and after stop()
    std::string ending_ = "was not started";
    std::string max_connections_;
    std::map<std::string, std::string> urls_;         ///< by contender
    std::optional<Stretch> stretch_;                  ///< of the turn under way
    std::map<std::string, ConstraintsByTable> made_;  ///< as each was first read, by contender
    int stretches_read_ = 0;
    int marks_ = 0;  ///< that were left in the log
};

}  // namespace joust::database
