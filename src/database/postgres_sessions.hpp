#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "database/postgres_connection.hpp"
#include "database/session_reader.hpp"

namespace joust::database {

/// Adds so many sessions in one state to a sample: `state`, `wait_type` and `wait_event` as pg_stat_activity
/// has them, "" for null. Events that PostgreSQL 17 spells otherwise are known by both names.
void add_sessions(model::DatabaseWaits& sum, std::string_view state, std::string_view wait_type,
                  std::string_view wait_event, std::uint64_t sessions);

/// From pg_stat_activity, of the database that the session is connected to: all sessions but the superuser's
/// own.
class PostgresSessions final : public SessionReader {
public:
    explicit PostgresSessions(Connection session) : session_(std::move(session)) {}
    Status read(model::DatabaseWaits& sum) override;
    /// The count of all that were opened has the superuser's too; a session is in it once it is ready.
    Result<OpenSessions> open_sessions() override;
    Result<std::vector<model::FaultyTable>> own_code() override;
    /// The server's count of calls that made its log durable; empty where it has none (before version 14, and
    /// where wal_sync_method makes each write durable by itself).
    Result<std::optional<std::uint64_t>> log_syncs();

private:
    /// Runs a statement that is planned with its first call; {0} in it is the session's database, {1} its
    /// user.
    Result<Rows> planned(const std::string& name, std::string_view statement);

    Connection session_;
    std::set<std::string> planned_;
};

}  // namespace joust::database
