#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "database/change_log.hpp"
#include "database/session_reader.hpp"
#include "host/cpu_layout.hpp"
#include "host/run_state.hpp"
#include "host/usage_sampler.hpp"
#include "host/user.hpp"
#include "model/benchmark.hpp"
#include "model/environment.hpp"
#include "model/trial_result.hpp"
#include "runtime/runtime.hpp"

namespace joust::database {

/// What a database is made from. The references outlive it.
struct DatabaseContext {
    model::DatabaseSpec spec;
    std::optional<model::Limits> limits;  ///< empty: --limits off
    std::optional<host::CpuShare> cpu;    ///< empty: any CPU
    runtime::Runtime& runtime;            ///< runs the server, where there is one
    host::RunState& run;                  ///< everything is made below its directory and recorded in it
    host::User user;  ///< owns the data, and runs the server; no contender runs as it, where Joust is root
    /// By contender: who owns its SQLite file. `user` for contenders that are not here.
    std::map<std::string, host::User> contender_users = {};
    /// By contender: how many connections with the server it declares to open. Empty: not known, and nobody's
    /// are limited.
    std::map<std::string, int> connections = {};
    Path log_directory;  ///< the server's log is <log_directory>/database.log
    /// Where the runtime builds images: the folder with the server's Dockerfile, and what may end the build.
    Path image_source = {};
    runtime::Interrupted interrupted = {};
    /// How long a reset between trials waits for a lock. Longer than a contender's own busy timeout, so that
    /// the last request of a trial can end first.
    Nanoseconds lock_patience = std::chrono::seconds(10);
};

/// A place in the server's log.
struct LogMark {
    std::uint64_t offset = 0;
    std::uint64_t left_out = 0;  ///< bytes that were not kept by then
};

/// Of a contender with the database: they go on, or its service has ended and they will.
enum class Sessions : std::uint8_t { open, ending };

/// Which rows to count.
struct RowQuery {
    std::string table;
    /// What a row is to hold, by column, compared with how the database writes it as text.
    std::map<std::string, std::string> values = {};
};

/// The rows of one request, or some of them.
struct RowsOfRequest {
    std::string_view
        request_id;  ///< its beginning, where it is longer than k_longest_id; "" where it is null
    std::int64_t rows = 0;
    std::int64_t as_stated = 0;  ///< of these, with all of the values

    static constexpr std::size_t k_longest_id = 256;  ///< characters
};
using TakeRows = std::function<void(const RowsOfRequest&)>;

/// How a server works. All but the first are for looking at a contender, never while something is measured.
enum class Behaviour : std::uint8_t {
    usual,
    slow_commits,  ///< the log is made durable k_slow_commit after the record of a commit, at the earliest
    lazy_log,      ///< the last commits stay in the server's memory for ten seconds, unless somebody waits
    telling,       ///< each statement of a contender is printed
};
inline constexpr Nanoseconds k_slow_commit = std::chrono::milliseconds(50);

/// The private database of one run, a resource: stopped and removed at the end of its life.
///
/// Use it from one thread, the one that started it and that outlives it.
class Database {
public:
    virtual ~Database() = default;

    /// Makes an empty database (SQLite: a file) of the contender's own; calling it again returns the same.
    /// The URL is what fills {database_url}; it holds a password, see masked().
    virtual Result<std::string> create_for(const std::string& contender) = 0;

    /// A directory of this host that the contender's programs have to write to; empty where the URL leads to
    /// a server.
    [[nodiscard]] virtual std::optional<Path> directory_of(const std::string& contender) const = 0;

    /// Makes the start state, the same before each trial, once the tables are there: all of them emptied,
    /// numbering restarted, space given back, statistics renewed, checkpoint. A session that keeps a table
    /// locked for more than ten seconds (a request that the drain gave up on) is ended.
    virtual Status reset(const std::string& contender) = 0;

    /// The tables of the contender's database as they are. What is read of a table for the first time is what
    /// its constraints are held against from then on, so call it when they have been made. Empty where the
    /// database does not tell its constraints.
    virtual Result<TableStates> tables_of(const std::string& contender);

    /// Makes durable all that the trials so far have left to be written, of whichever contender, so that none
    /// pays for another's, and begins the stretch of the log that changes_in_turn() ends. To be called after
    /// reset() and before the load; the turn of whoever had one before is over.
    virtual Status begin_turn(const std::string& contender) = 0;

    /// Hands the rows of the contender's table (in the schema "public") to `each` by their column request_id,
    /// as they come: no more than a few of them are in memory. They are read without running any code of the
    /// contender's with other rights than its own. Returns why the table proves nothing: "it is a view"; ""
    /// where it does.
    virtual Result<std::string> rows_by_request(const std::string& contender, const RowQuery& query,
                                                const TakeRows& each) = 0;

    /// How often the log was made durable up to now, by whoever did it. A session tells it a second late, and
    /// when it ends: where the contender's are `ending`, they are waited for, a second at most. Empty where a
    /// commit need not be durable (relaxed), the server does not count it, or sessions were still there then.
    virtual Result<std::optional<std::uint64_t>> log_syncs(const std::string& contender,
                                                           Sessions sessions) = 0;

    /// What the contender's role and database have of their own in the server; empty for a database without
    /// roles.
    virtual Result<std::optional<model::OwnSettings>> own_settings(const std::string& contender) = 0;

    /// Reads what the contender's sessions are doing; null for a database without sessions.
    virtual Result<std::unique_ptr<SessionReader>> session_reader(const std::string& contender) = 0;

    /// Ends the stretch of the log that began with the contender's begin_turn(): what was committed before
    /// the call is in it. Where the database only counts, the stretch has counters in place of a log. Empty
    /// for a database that does neither; fails where the turn is another's, or (unsupported) where nothing
    /// was counted.
    virtual Result<std::optional<ChangeLog>> changes_in_turn(const std::string& contender) = 0;
    /// Hands every change and end of a transaction in that stretch to `each`, in order. Fails (unsupported)
    /// where the log cannot be read here, and if it was not there up to its end.
    virtual Status read_changes(const ChangeLog& log, const std::function<void(const WalRecord&)>& each) = 0;

    /// The server as it describes itself now.
    virtual Result<model::DatabaseFacts> facts() = 0;

    /// Empty for a database without a process of its own.
    [[nodiscard]] virtual std::optional<host::UsageSource> usage_source() const = 0;
    /// Empty with --limits off, and for a database without a process of its own.
    [[nodiscard]] virtual Result<std::optional<model::LimitsInForce>> limits_in_force() const = 0;

    [[nodiscard]] virtual bool running() const = 0;
    /// "runs", "was killed by signal 9 …"; for messages.
    [[nodiscard]] virtual std::string description() const = 0;

    /// The end of the log as it is now.
    [[nodiscard]] virtual LogMark mark() const = 0;
    /// What explains a trial's numbers: connections that were refused, limits that are no longer in force.
    [[nodiscard]] virtual std::vector<model::Incident> incidents_since(LogMark mark) const = 0;
    /// What makes it senseless to go on: server gone, disk full, a crash of one of its processes, with its
    /// last log lines.
    [[nodiscard]] virtual Status sound_since(LogMark mark) const = 0;

    /// Has the server work so from now on, for sessions that are there and those that follow. Fails
    /// (unsupported) for a database without a server.
    virtual Status behave(Behaviour behaviour);
    /// Kills the server and all of its sessions as a crash does: what it had not written by then is gone.
    /// Fails (unsupported) for a database without a server.
    virtual Status kill();
    /// Starts a killed server again on what there is, at the same place.
    virtual Status start_again();
    /// Statements that the contender's sessions have sent since `mark`, of a server that is `telling`; BEGIN,
    /// COMMIT and the like are some. Fails (unsupported) for a database without a server.
    virtual Result<std::uint64_t> statements_since(const std::string& contender, LogMark mark);

    /// Has the contender's database itself tell the rows of these tables that are changed from now on. It
    /// costs the contender time: only for looking at one. To be called while it does nothing. Fails
    /// (unsupported) for a database that has a log, and where there are no such tables.
    virtual Status call_witness(const std::string& contender, const std::set<std::string>& tables);
    /// What was committed since then. Fails (unsupported) where that cannot be known any more.
    virtual Result<Witnessed> witnessed(const std::string& contender);
    /// The contender's database is again as it was.
    virtual Status dismiss_witness(const std::string& contender);

    /// Stops the server and removes the data; afterwards running() is false. A second call does nothing.
    virtual Status stop() = 0;
};

/// Starts what `context.spec` asks for and waits until it answers. A setting that the server does not accept
/// is a bad_input error that names it.
Result<std::unique_ptr<Database>> start_database(const DatabaseContext& context);

/// The URL with its password replaced by "***", for logs and results.
std::string masked(const std::string& url);

}  // namespace joust::database
