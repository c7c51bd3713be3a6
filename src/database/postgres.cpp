#include "database/postgres.hpp"

#include <csignal>
#include <thread>

#include "base/text.hpp"
#include "base/tree.hpp"
#include "database/connection_limit.hpp"
#include "database/postgres_changes.hpp"
#include "database/postgres_config.hpp"
#include "database/postgres_log.hpp"
#include "database/postgres_reset.hpp"
#include "database/postgres_rows.hpp"
#include "database/postgres_sessions.hpp"
#include "database/postgres_settings.hpp"
#include "database/secret.hpp"
#include "host/facts.hpp"
#include "model/wording.hpp"
#include "runtime/log_text.hpp"

namespace joust::database {
namespace {

using std::chrono::seconds;

constexpr auto k_start_limit = seconds(60);
constexpr auto k_connect_limit = seconds(10);
constexpr auto k_sessions_end = seconds(1);

// The owner of a database can set these for all of its sessions, the superuser's too; what a connection
// itself asks for goes before. With the owner's search_path, his functions would run with the superuser's
// rights in place of those that a statement means, and with his quotes constraints would read otherwise.
constexpr const char* k_own_settings =
    "-c search_path=pg_catalog -c statement_timeout=0 -c idle_in_transaction_session_timeout=0 "
    "-c default_transaction_read_only=off -c quote_all_identifiers=off";

// A literal of text[] out of names that hold neither quotes nor backslashes.
std::string text_array(const std::vector<std::string>& names) {
    return "{\"" + joined(names, "\",\"") + "\"}";
}

}  // namespace

Postgres::Postgres(const DatabaseContext& context, PostgresFiles files, std::string password)
    : spec_(context.spec),
      runtime_(context.runtime),
      run_(context.run),
      interrupted_(context.interrupted),
      files_(std::move(files)),
      password_(std::move(password)),
      user_(context.user),
      connections_(context.connections),
      limits_(context.limits),
      cpu_(context.cpu),
      lock_patience_(context.lock_patience),
      log_(context.log_directory / "database.log") {}

Postgres::~Postgres() {
    static_cast<void>(stop());
}

Result<std::unique_ptr<Database>> Postgres::start(const DatabaseContext& context,
                                                  const PortChoice& choose_port) {
    JOUST_CHECK(check_settings(context.spec));
    remove_orphaned_segments(context.user);
    const std::string password = random_password();
    JOUST_TRY(PostgresFiles files, make_postgres_files(context, password));
    std::unique_ptr<Postgres> postgres(new Postgres(context, std::move(files), password));
    constexpr int attempts = 5;
    for (int attempt = 1;; ++attempt) {
        JOUST_TRY(const std::uint16_t port, choose_port());
        const Status launched = postgres->launch(port);
        if (launched) break;
        const bool taken = port_was_taken(runtime::log_text(postgres->log(), postgres->log_start_));
        if (!taken || attempt == attempts) return tl::unexpected(launched.error());
    }
    JOUST_CHECK(postgres->check_in_force());
    JOUST_CHECK(postgres->close_to_contenders());
    return postgres;
}

Status Postgres::launch(std::uint16_t port) {
    port_ = port;
    log_start_ = runtime::log_size(log());
    const runtime::Program program{
        .command = {(files_.programs / "postgres").string(), "-D", files_.data.string(), "-c",
                    "config_file=" + files_.config.string(), "-c", "hba_file=" + files_.host_rules.string()},
        .environment = {{"PATH", "/usr/bin:/bin"}, {"LC_ALL", "C"}, {"HOME", files_.data.string()}},
        .directory = files_.root,
        .log = log_,
        .user = files_.user,
        .image = files_.image,
        .folders = files_.volume ? std::vector<const runtime::Folder*>{files_.volume.get()}
                                 : std::vector<const runtime::Folder*>{},
        .files = {{files_.config, server_config(spec_, {port, files_.sockets})},
                  {files_.host_rules, host_rules(files_.sockets.has_value())}},
    };
    server_.reset();
    JOUST_TRY(server_, runtime_.start(program, {"database", limits_, cpu_}));
    return wait_until_ready(now() + k_start_limit);
}

Status Postgres::wait_until_ready(TimePoint deadline) const {
    std::string last = "no connection yet";
    while (now() < deadline) {
        const auto session = Connection::open({superusers_host(), port_, k_superuser, password_, "postgres"},
                                              std::min(deadline, now() + k_connect_limit));
        if (session) return {};
        last = session.error().message;
        if (server_->wait_for(std::chrono::milliseconds(20)))
            return tl::unexpected(startup_error(spec_, runtime::log_text(log(), log_start_)));
    }
    return fail(ErrorKind::timed_out, "PostgreSQL was not ready within {}: {}; its last lines:\n{}",
                spoken(k_start_limit), last, last_lines(runtime::log_text(log(), log_start_), 15));
}

Status Postgres::check_in_force() {
    JOUST_TRY(const model::DatabaseFacts read, facts());
    max_connections_ = read.settings_in_force.at("max_connections");
    for (const auto& [name, wanted] : durability_settings(spec_.durability))
        if (const std::string& found = read.settings_in_force.at(name); found != wanted)
            return fail(ErrorKind::database, "durability = \"{}\" wants {} = {}, but the server has {}",
                        model::name(spec_.durability), name, wanted, found);
    return {};
}

// A contender's role could connect to these otherwise.
Status Postgres::close_to_contenders() const {
    JOUST_TRY(Connection session, admin_session("postgres"));
    for (const char* database : {"postgres", "template1"})
        JOUST_CHECK(session.query(fmt::format("REVOKE CONNECT ON DATABASE {} FROM PUBLIC", database)));
    return {};
}

std::string Postgres::superusers_host() const {
    return files_.sockets ? files_.sockets->string() : "127.0.0.1";
}

Result<Connection> Postgres::admin_session(const std::string& database) const {
    return superuser_session(database, "");
}

Result<Connection> Postgres::superuser_session(const std::string& database, const char* options) const {
    if (!running()) return fail(ErrorKind::database, "PostgreSQL {}", description());
    auto session = Connection::open({superusers_host(), port_, k_superuser, password_, database, options},
                                    now() + k_connect_limit);
    if (!session)
        return fail(session.error().kind, "cannot connect to the private PostgreSQL: {}",
                    session.error().message);
    return session;
}

Error Postgres::with_context(const Error& error, const std::string& doing) const {
    if (!running()) return {ErrorKind::database, fmt::format("{}: PostgreSQL {}", doing, description())};
    return {error.kind, fmt::format("{}: {}", doing, error.message)};
}

Result<std::string> Postgres::create_for(const std::string& contender) {
    if (const auto made = urls_.find(contender); made != urls_.end()) return made->second;
    const std::string name = database_name(contender);
    constexpr std::size_t longest = 63;  // NAMEDATALEN - 1: the server would cut it silently
    if (name.size() > longest)
        return fail(ErrorKind::bad_input,
                    "the contender's name \"{}\" is too long for a database; use at most {} "
                    "characters",
                    contender, longest - database_name("").size());
    const std::string quoted = Connection::identifier(name);
    const std::string password = random_password();
    const int most = connection_limit(std::stoi(max_connections_), connections_, contender).value_or(-1);
    JOUST_TRY(Connection session, admin_session("postgres"));
    for (const std::string& statement :
         {fmt::format("CREATE ROLE {} LOGIN CONNECTION LIMIT {} PASSWORD '{}'", quoted, most, password),
          fmt::format("CREATE DATABASE {} OWNER {}", quoted, quoted),
          fmt::format("REVOKE CONNECT ON DATABASE {} FROM PUBLIC", quoted)})
        if (const auto done = session.query(statement); !done)
            return tl::unexpected(with_context(done.error(), "making the database of " + contender));
    std::string url = fmt::format("postgresql://{}:{}@127.0.0.1:{}/{}", name, password, port_, name);
    urls_.emplace(contender, url);
    return url;
}

Result<std::string> Postgres::rows_by_request(const std::string& contender, const RowQuery& query,
                                              const TakeRows& each) {
    const std::string doing = fmt::format("reading the table {} of {}", query.table, contender);
    auto session = superuser_session(database_name(contender), k_own_settings);
    if (!session) return tl::unexpected(with_context(session.error(), doing));
    auto problem = rows_of(*session, query, lock_patience_, [this] { return running(); }, each);
    if (!problem) return tl::unexpected(with_context(problem.error(), doing));
    return problem;
}

Status Postgres::reset(const std::string& contender) {
    const std::string doing = "emptying the database of " + contender;
    JOUST_TRY(Connection session, superuser_session(database_name(contender), k_own_settings));
    const auto run = [&](const std::string& statement) -> Result<Rows> {
        auto rows = session.query(statement);
        if (!rows) return tl::unexpected(with_context(rows.error(), doing));
        return rows;
    };
    if (const Status left = roll_back_prepared(session); !left)
        return tl::unexpected(with_context(left.error(), doing));
    JOUST_TRY(const Rows tables,
              run("SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) FROM "
                  "pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"));
    if (!tables.empty()) {
        std::vector<std::string> names;
        for (const auto& row : tables)
            names.push_back(row[0].value_or(""));
        JOUST_CHECK(run(fmt::format("SET lock_timeout = {}",
                                    duration_cast<std::chrono::milliseconds>(lock_patience_).count())));
        const std::string all = joined(names, ", ");
        const std::string lock_not_available = "55P03";
        if (auto emptied = empty_tables(session, all); !emptied) {
            if (session.error_code() != lock_not_available)
                return tl::unexpected(with_context(emptied.error(), doing));
            JOUST_CHECK(run("ROLLBACK"));
            JOUST_CHECK(
                run("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE "
                    "datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'"));
            JOUST_CHECK(roll_back_prepared(session));
            if (emptied = empty_tables(session, all); !emptied)
                return tl::unexpected(with_context(emptied.error(), doing));
        }
    }
    // The contender's tables are left as TRUNCATE leaves them: the planner expects that they will grow. Of a
    // vacuumed empty table it expects that it stays so, and plans that are kept for a session read it whole.
    JOUST_TRY(const Rows catalogs,
              run("SELECT string_agg(format('%I.%I', relnamespace::regnamespace, relname), "
                  "', ') FROM pg_class WHERE relkind = 'r' AND relnamespace = "
                  "'pg_catalog'::regnamespace"));
    JOUST_CHECK(run("VACUUM (ANALYZE) " + catalogs.at(0).at(0).value_or("pg_catalog.pg_class")));
    return {};
}

Result<TableStates> Postgres::read_tables(Connection& session, const std::string& contender) {
    JOUST_TRY(TableStates tables, table_states(session));
    for (const auto& [table, state] : tables)
        made_[contender].try_emplace(table, state.constraints);
    return tables;
}

Result<TableStates> Postgres::tables_of(const std::string& contender) {
    const std::string doing = "reading the tables of " + contender;
    auto session = superuser_session(database_name(contender), k_own_settings);
    if (!session) return tl::unexpected(with_context(session.error(), doing));
    auto tables = read_tables(*session, contender);
    if (!tables) return tl::unexpected(with_context(tables.error(), doing));
    return tables;
}

Status Postgres::begin_turn(const std::string& contender) {
    const std::string doing = "beginning the turn of " + contender;
    stretch_.reset();
    auto session = superuser_session(database_name(contender), k_own_settings);
    if (!session) return tl::unexpected(with_context(session.error(), doing));
    auto start = begin_stretch(*session);
    if (!start) return tl::unexpected(with_context(start.error(), doing));
    auto before = read_tables(*session, contender);
    if (!before) return tl::unexpected(with_context(before.error(), doing));
    stretch_ = Stretch{contender, std::move(*start), std::move(*before)};
    return {};
}

Result<std::optional<std::uint64_t>> Postgres::log_syncs(const std::string& contender, Sessions sessions) {
    if (spec_.durability != model::Durability::full) return std::optional<std::uint64_t>();
    auto session = superuser_session(database_name(contender), k_own_settings);
    if (!session)
        return tl::unexpected(with_context(session.error(), "counting the syncs of the log of " + contender));
    PostgresSessions reader(std::move(*session));
    const TimePoint deadline = now() + k_sessions_end;
    while (sessions == Sessions::ending) {
        model::DatabaseWaits left;
        JOUST_CHECK(reader.read(left));
        if (left.sessions == 0) break;
        if (now() >= deadline) return std::optional<std::uint64_t>();
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return reader.log_syncs();
}

Result<std::optional<model::OwnSettings>> Postgres::own_settings(const std::string& contender) {
    const std::string name = database_name(contender);
    auto session = superuser_session(name, k_own_settings);
    if (!session)
        return tl::unexpected(with_context(session.error(), "reading the settings of " + contender));
    JOUST_TRY(auto settings, read_own_settings(*session, name));
    return model::OwnSettings{spec_.durability, std::move(settings)};
}

Result<std::unique_ptr<SessionReader>> Postgres::session_reader(const std::string& contender) {
    auto session = superuser_session(database_name(contender), k_own_settings);
    if (!session)
        return tl::unexpected(with_context(session.error(), "looking at the sessions of " + contender));
    return std::make_unique<PostgresSessions>(std::move(*session));
}

Result<std::optional<ChangeLog>> Postgres::changes_in_turn(const std::string& contender) {
    const std::string doing = "ending the log of " + contender;
    if (!stretch_ || stretch_->contender != contender)
        return fail(ErrorKind::database, "{}: it was not this one's turn", doing);
    auto session = superuser_session(database_name(contender), k_own_settings);
    if (!session) return tl::unexpected(with_context(session.error(), doing));
    ChangeLog log{
        .before = stretch_->before, .after = {}, .database = {}, .start = stretch_->start, .end = {}};
    auto after = table_states(*session);
    if (!after) return tl::unexpected(with_context(after.error(), doing));
    log.after = std::move(*after);
    log.made = made_[contender];
    if (const Status ended = end_stretch(*session, log); !ended)
        return tl::unexpected(with_context(ended.error(), doing));
    return log;
}

Status Postgres::read_changes(const ChangeLog& log, const std::function<void(const WalRecord&)>& each) {
    return read_stretch({.runtime = runtime_,
                         .run = run_,
                         .files = files_,
                         .interrupted = interrupted_,
                         .name = fmt::format("waldump-{}", ++stretches_read_)},
                        log, each);
}

Result<model::DatabaseFacts> Postgres::facts() {
    JOUST_TRY(Connection session, admin_session("postgres"));
    model::DatabaseFacts facts;
    facts.engine = model::DatabaseEngine::postgres;
    JOUST_TRY(const Rows version, session.query("SHOW server_version"));
    facts.version = version.at(0).at(0).value_or("");
    // current_setting() writes values with their units, pg_settings alone does not.
    JOUST_TRY(const Rows settings,
              session.query("SELECT lower(name), current_setting(name) FROM pg_settings WHERE "
                            "lower(name) = ANY ($1::text[]) ORDER BY name",
                            {text_array(settings_to_read(spec_))}));
    for (const auto& row : settings)
        facts.settings_in_force.emplace(row[0].value_or(""), row[1].value_or(""));
    const std::optional<Path> data = files_.volume ? files_.volume->here() : std::optional(files_.root);
    if (data) facts.data_file_system = host::read_storage_facts(*data).file_system;
    return facts;
}

std::optional<host::UsageSource> Postgres::usage_source() const {
    if (!server_) return std::nullopt;
    return server_->usage_source(true);
}

Result<std::optional<model::LimitsInForce>> Postgres::limits_in_force() const {
    if (!server_ || !limits_) return std::optional<model::LimitsInForce>();
    JOUST_TRY(model::LimitsInForce limits, server_->limits_in_force());
    return std::optional(std::move(limits));
}

bool Postgres::running() const {
    return server_ && server_->running();
}

std::string Postgres::description() const {
    return server_ ? server_->description() : ending_;
}

Path Postgres::log() const {
    if (server_) server_->update_log();
    return log_;
}

LogMark Postgres::mark() const {
    const Path file = log();
    return {.offset = runtime::log_size(file), .left_out = server_ ? server_->left_out_of_log() : 0};
}

std::vector<model::Incident> Postgres::incidents_since(LogMark mark) const {
    std::vector<model::Incident> found = incidents(read_log(log(), mark.offset), max_connections_);
    if (!server_) return found;
    if (const std::uint64_t out = server_->left_out_of_log(); out > mark.left_out)
        found.push_back({model::IncidentKind::log_cut,
                         fmt::format("PostgreSQL printed more than is kept, and {} of it are not in its log",
                                     model::bytes_text(Bytes{out - mark.left_out}))});
    if (!limits_) return found;
    if (const auto limits = server_->limits_in_force())
        if (const std::vector<std::string> wrong = server_->limits_not_in_force(*limits); !wrong.empty())
            found.push_back({model::IncidentKind::limits_not_in_force,
                             fmt::format("the database ran with {}", joined(wrong, ", "))});
    return found;
}

Status Postgres::sound_since(LogMark mark) const {
    const auto lines = [&] { return last_lines(runtime::log_text(log(), mark.offset), 10); };
    const LogFindings findings = read_log(log(), mark.offset);
    if (findings.disk_full)
        return fail(ErrorKind::database,
                    "the disk with the database's data ({}) is full; free some space. "
                    "PostgreSQL says: {}",
                    files_.root.string(), *findings.disk_full);
    if (!running())
        return fail(ErrorKind::database, "PostgreSQL {}; its last lines:\n{}", description(), lines());
    if (findings.crash)
        return fail(ErrorKind::database,
                    "PostgreSQL lost a process and all its connections ({}{}); its last "
                    "lines:\n{}",
                    *findings.crash,
                    server_->oom_kills() > 0 ? "; the kernel stopped it at the database's memory limit" : "",
                    lines());
    return {};
}

Status Postgres::stop() {
    if (!server_) return {};
    // Immediately, without a last checkpoint: nobody reads the data again. SIGTERM would wait for all
    // sessions.
    server_->signal(SIGQUIT);
    static_cast<void>(server_->wait_for(seconds(10)));
    ending_ = server_->stop(Nanoseconds{0});
    server_.reset();
    if (files_.volume) {
        files_.volume.reset();
        return {};
    }
    remove_orphaned_segments(user_);
    JOUST_CHECK(remove_tree(files_.root));
    return files_.sockets ? remove_tree(*files_.sockets) : Status{};
}

}  // namespace joust::database
