#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "database/database.hpp"
#include "database/sqlite_changes.hpp"
#include "database/sqlite_witness.hpp"
#include "host/deputy.hpp"

namespace joust::database {

/// A SQLite file for each contender, in a directory that the contender's user owns. There is no server: the
/// work is done, and limited, inside the contender. PostgreSQL's settings in the benchmark do not apply.
///
/// Whatever Joust does with a file it does in a child process that has become that user, with a limit of
/// time: the contender can have put anything in its place.
class Sqlite final : public Database {
public:
    /// Fails (bad_input) for relaxed durability: each contender sets `synchronous` on its own connections, so
    /// it could be neither enforced nor read back.
    static Result<std::unique_ptr<Database>> start(const DatabaseContext& context);

    Sqlite(const Sqlite&) = delete;
    Sqlite& operator=(const Sqlite&) = delete;
    ~Sqlite() override;

    Result<std::string> create_for(const std::string& contender) override;
    [[nodiscard]] std::optional<Path> directory_of(const std::string& contender) const override {
        return file_of(contender).parent_path();
    }
    Status reset(const std::string& contender) override;
    Result<TableStates> tables_of(const std::string& contender) override;
    Status begin_turn(const std::string& contender) override;
    Result<std::string> rows_by_request(const std::string& contender, const RowQuery& query,
                                        const TakeRows& each) override;
    Result<std::optional<std::uint64_t>> log_syncs(const std::string&, Sessions) override {
        return std::optional<std::uint64_t>();
    }
    Result<std::optional<model::OwnSettings>> own_settings(const std::string&) override {
        return std::optional<model::OwnSettings>();
    }
    Result<std::unique_ptr<SessionReader>> session_reader(const std::string&) override {
        return std::unique_ptr<SessionReader>();
    }
    /// Counters: SQLite's change counter, and the numbers that AUTOINCREMENT has given. Fails (unsupported)
    /// where the counter could not be read at one end of the turn, or is not the same one.
    Result<std::optional<ChangeLog>> changes_in_turn(const std::string& contender) override;
    Status read_changes(const ChangeLog&, const std::function<void(const WalRecord&)>&) override {
        return fail(ErrorKind::unsupported, "SQLite's log cannot be read");
    }
    Status call_witness(const std::string& contender, const std::set<std::string>& tables) override;
    Result<Witnessed> witnessed(const std::string& contender) override;
    Status dismiss_witness(const std::string& contender) override;
    Result<model::DatabaseFacts> facts() override;
    [[nodiscard]] std::optional<host::UsageSource> usage_source() const override { return std::nullopt; }
    [[nodiscard]] Result<std::optional<model::LimitsInForce>> limits_in_force() const override {
        return std::optional<model::LimitsInForce>();
    }
    [[nodiscard]] bool running() const override { return !stopped_; }
    [[nodiscard]] std::string description() const override;
    [[nodiscard]] LogMark mark() const override { return {}; }
    [[nodiscard]] std::vector<model::Incident> incidents_since(LogMark) const override { return {}; }
    /// The disk is not full.
    [[nodiscard]] Status sound_since(LogMark mark) const override;
    Status stop() override;

    /// The contender's file; also before create_for().
    [[nodiscard]] Path file_of(const std::string& contender) const;

private:
    Sqlite(Path directory, host::Deputy deputy, const DatabaseContext& context)
        : directory_(std::move(directory)),
          deputy_(std::move(deputy)),
          user_(context.user),
          users_(context.contender_users),
          lock_patience_(context.lock_patience) {}
    [[nodiscard]] const host::User& owner_of(const std::string& contender) const;
    /// Has `work` done on the contender's file by a child process that has become its owner.
    [[nodiscard]] Result<std::string> as_owner_of(
        const std::string& contender, std::string_view work,
        const host::Tell& each = [](std::string_view) {}) const;
    /// What that work tells. Constraints of tables that are told for the first time are kept.
    Result<SqliteState> told_of(const std::string& contender, std::string_view work);
    Result<SqliteState> state_of(const std::string& contender);

    Path directory_;
    host::Deputy deputy_;
    host::User user_;
    std::map<std::string, host::User> users_;  ///< by contender
    Nanoseconds lock_patience_;
    std::map<std::string, Path> files_;  ///< by contender
    struct Turn {
        std::string contender;
        Result<SqliteState> begun;
    };
    std::optional<Turn> turn_;
    std::map<std::string, ConstraintsByTable> made_;  ///< by contender
    struct Witness {
        std::string contender;
        std::set<std::string> tables;
        SqliteState begun;
    };
    std::optional<Witness> witness_;
    bool stopped_ = false;
};

}  // namespace joust::database
