#include "database/postgres.hpp"

#include <gmock/gmock.h>
#include <netinet/in.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>

#include "base/text.hpp"
#include "database/postgres_connection.hpp"
#include "host/port.hpp"
#include "support/rig.hpp"
#include "unit/database/collected_rows.hpp"
#include "unit/database/contender_session.hpp"

namespace joust::database {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using namespace std::chrono_literals;

std::string must_value(const Postgres& postgres, const std::string& statement) {
    Connection session = test::must(postgres.admin_session("postgres"));
    return test::must(session.query(statement)).at(0).at(0).value_or("");
}

DatabaseContext context_of(test::Rig& rig, const model::DatabaseSpec& spec) {
    return {.spec = spec,
            .limits = rig.if_possible({.cpus = 1.0, .memory = Bytes{1ULL << 30}}),
            .cpu = std::nullopt,
            .runtime = rig.runtime(),
            .run = rig.run(),
            .user = rig.user(),
            .log_directory = rig.logs(),
            .lock_patience = 1s};
}

/// Tests that leave the server as it was share one, with the settings of the shipped benchmark.
class SharedPostgres : public ::testing::Test {
protected:
    struct Shared {
        test::Rig rig;
        model::DatabaseSpec spec = {.settings = {{"max_connections", "500"},
                                                 {"shared_buffers", "256MB"},
                                                 {"effective_cache_size", "1GB"},
                                                 {"maintenance_work_mem", "64MB"},
                                                 {"checkpoint_completion_target", "0.9"},
                                                 {"wal_buffers", "16MB"},
                                                 {"default_statistics_target", "100"}}};
        std::unique_ptr<Database> database = test::must(start_database(context_of(rig, spec)));
    };
    static void SetUpTestSuite() { shared_ = std::make_unique<Shared>(); }
    static void TearDownTestSuite() { shared_.reset(); }

    static inline std::unique_ptr<Shared> shared_;
    Postgres& postgres_ = dynamic_cast<Postgres&>(*shared_->database);
};

/// Tests that break the server, or keep it from starting, have their own.
class OwnPostgres : public ::testing::Test {
protected:
    test::Rig rig_;
    model::DatabaseSpec spec_ = {.settings = {{"shared_buffers", "16MB"}, {"max_connections", "20"}}};

    Result<std::unique_ptr<Database>> try_start() { return start_database(context_of(rig_, spec_)); }
    std::unique_ptr<Database> start() { return test::must(try_start()); }
    Error start_and_fail() {
        auto database = try_start();
        EXPECT_FALSE(database);
        return database ? Error{} : database.error();
    }
};

TEST_F(SharedPostgres, CountsTheRowsOfEachRequest) {
    const ContenderSession contender(postgres_.create_for("audited").value());
    contender.ask("CREATE TABLE users (id serial PRIMARY KEY, request_id varchar(64))");
    contender.ask("INSERT INTO users (request_id) VALUES ('a'), ('b'), ('a'), (NULL)");
    const CollectedRows found = collected_rows(postgres_, "audited", {"users"});
    EXPECT_EQ(found.problem, "");
    EXPECT_THAT(found.rows, ::testing::UnorderedElementsAre(CountedId{"a", 2, 2}, CountedId{"b", 1, 1},
                                                            CountedId{"", 1, 1}));
    contender.ask("DROP TABLE users");
}

// What a contender can put in the place of a table; none of it runs with other rights than his own.
TEST_F(SharedPostgres, CountsNoRowsOfWhatIsNoOrdinaryTable) {
    const ContenderSession contender(postgres_.create_for("rigged").value());
    const auto problem = [&] { return collected_rows(postgres_, "rigged", {"users"}).problem; };
    EXPECT_THAT(problem(), HasSubstr("it cannot be read: "));
    contender.ask("CREATE VIEW users AS SELECT 'a'::text AS request_id FROM generate_series(1, 5)");
    EXPECT_EQ(problem(), "it is no ordinary table");
    contender.ask("DROP VIEW users");
    contender.ask("CREATE UNLOGGED TABLE users (request_id text)");
    EXPECT_EQ(problem(), "it is unlogged, so a crash empties it");
    contender.ask("DROP TABLE users");
    contender.ask("CREATE TABLE users (other text)");
    EXPECT_EQ(problem(), "it has no column request_id");
    contender.ask("DROP TABLE users");
    contender.ask("CREATE DOMAIN mine AS text");
    contender.ask("CREATE TABLE users (request_id mine)");
    EXPECT_EQ(problem(), "its column request_id has a type of the contender's own");
    contender.ask("DROP TABLE users");
    contender.ask("CREATE TABLE users (request_id text) PARTITION BY LIST (request_id)");
    EXPECT_EQ(problem(), "it is no ordinary table");
    contender.ask("DROP TABLE users");
    contender.ask("CREATE TABLE users (request_id text)");
    const ContenderSession holder(postgres_.create_for("rigged").value());
    holder.ask("BEGIN");
    holder.ask("LOCK TABLE users IN ACCESS EXCLUSIVE MODE");
    EXPECT_THAT(problem(), HasSubstr("it cannot be read: "));
    holder.ask("ROLLBACK");
    // Of a child table and of a policy, the rows are not, and are, those of the table.
    contender.ask("CREATE TABLE child () INHERITS (users)");
    contender.ask("INSERT INTO child VALUES ('a')");
    contender.ask("INSERT INTO users VALUES ('b')");
    contender.ask("ALTER TABLE users ENABLE ROW LEVEL SECURITY");
    contender.ask("ALTER TABLE users FORCE ROW LEVEL SECURITY");
    EXPECT_THAT(collected_rows(postgres_, "rigged", {"users"}).rows,
                ::testing::ElementsAre(CountedId{"b", 1, 1}));
}

TEST_F(SharedPostgres, GivesEachContenderADatabaseThatNoOtherCanEnter) {
    const std::string mine = postgres_.create_for("django").value();
    const std::string others = postgres_.create_for("fastapi-gunicorn").value();
    EXPECT_EQ(postgres_.create_for("django").value(), mine) << "asked again, the same";

    const ContenderSession session(mine);
    ASSERT_TRUE(session.open()) << session.words();
    EXPECT_EQ(session.ask("SELECT current_user || ' ' || current_database()"), "joust_django joust_django");
    EXPECT_EQ(
        session.ask("SELECT rolsuper OR rolcreatedb OR rolcreaterole FROM pg_roles WHERE rolname = user"),
        "f");
    EXPECT_EQ(session.state_of("CREATE TABLE t (id int)"), "") << "its owner may make tables";

    std::string intruder = mine;
    intruder.replace(intruder.rfind('/'), std::string::npos, "/joust_fastapi-gunicorn");
    EXPECT_THAT(ContenderSession(intruder).words(), HasSubstr("permission denied for database"));
    EXPECT_TRUE(ContenderSession(others).open());
    std::string guess = mine;
    guess.replace(guess.find(':', 13) + 1, 32, std::string(32, '0'));
    EXPECT_THAT(ContenderSession(guess).words(), HasSubstr("password authentication failed"));
}

// What follows has a contender, the owner of its database, try to have its code run by the superuser.

TEST_F(SharedPostgres, CodeOfAContenderDoesNotRunWhenTheSuperuserEmptiesItsTables) {
    const ContenderSession session(postgres_.create_for("trigger").value());
    for (const char* statement :
         {"CREATE TABLE users (id int)", "CREATE TABLE seen (who text)",
          R"(CREATE FUNCTION spy() RETURNS trigger LANGUAGE plpgsql AS
             'BEGIN PERFORM set_config(''a.a'', ''1'', false); RAISE EXCEPTION ''run as %'', current_user; END')",
          "CREATE TRIGGER usual BEFORE TRUNCATE ON users EXECUTE FUNCTION spy()",
          "CREATE TRIGGER always AFTER TRUNCATE ON users EXECUTE FUNCTION spy()",
          "ALTER TABLE users ENABLE ALWAYS TRIGGER always", "INSERT INTO users VALUES (1)"})
        ASSERT_EQ(session.state_of(statement), "") << statement;
    const Status reset = postgres_.reset("trigger");
    ASSERT_TRUE(reset) << reset.error().message;
    EXPECT_EQ(session.ask("SELECT count(*) FROM users"), "0");
    EXPECT_EQ(session.ask(
                  "SELECT string_agg(tgname::text || tgenabled::text, ' ' ORDER BY tgname) FROM pg_trigger"),
              "alwaysA usualO")
        << "as they were";
}

TEST_F(SharedPostgres, SettingsAndFunctionsOfAContenderDoNotChangeWhatTheSuperuserDoes) {
    const ContenderSession session(postgres_.create_for("shadow").value());
    for (const char* statement : {"CREATE TABLE users (id int)", "INSERT INTO users VALUES (1)",
                                  R"(CREATE FUNCTION public.quote_ident(name) RETURNS text LANGUAGE plpgsql AS
                                      'BEGIN RAISE EXCEPTION ''run as %'', current_user; END')",
                                  "ALTER DATABASE joust_shadow SET search_path = public, pg_catalog",
                                  "ALTER DATABASE joust_shadow SET default_transaction_read_only = on",
                                  "ALTER DATABASE joust_shadow SET statement_timeout = 1"})
        ASSERT_EQ(session.state_of(statement), "") << statement;
    const Status reset = postgres_.reset("shadow");
    ASSERT_TRUE(reset) << reset.error().message;
    EXPECT_EQ(session.ask("SELECT count(*) FROM users"), "0");
}

TEST_F(SharedPostgres, IsReachedByTheSuperuserThroughItsSocketOnlyAndNothingOfItBelongsToAContender) {
    std::string url = postgres_.create_for("tcp").value();
    const std::string port = url.substr(url.rfind(':') + 1, url.rfind('/') - url.rfind(':') - 1);
    EXPECT_THAT(
        ContenderSession(fmt::format("postgresql://joust_admin:x@127.0.0.1:{}/postgres", port)).words(),
        HasSubstr("pg_hba.conf rejects connection"));
    const std::string rules = test::text_of(postgres_.files().host_rules);
    EXPECT_THAT(rules, Not(HasSubstr("trust")));
    EXPECT_EQ(must_value(postgres_, "SHOW hba_file"), postgres_.files().host_rules.string());
    EXPECT_EQ(must_value(postgres_, "SHOW data_directory"), postgres_.files().data.string());
    struct stat about{};
    for (const Path& own : {postgres_.files().root, postgres_.files().config, postgres_.files().host_rules}) {
        ASSERT_EQ(::stat(own.c_str(), &about), 0) << own;
        EXPECT_EQ(about.st_uid, ::geteuid()) << own;
        EXPECT_EQ(about.st_mode & 022, 0U) << own;
    }
    for (const Path& servers : {postgres_.files().data, postgres_.files().sockets.value()}) {
        ASSERT_EQ(::stat(servers.c_str(), &about), 0) << servers;
        EXPECT_EQ(about.st_uid, shared_->rig.user().uid) << servers;
        EXPECT_EQ(about.st_mode & 0777, 0700U) << servers;
    }
}

// The old way: a name that can be foretold, in a directory of the server's user, opened with root's rights.
TEST_F(SharedPostgres, NothingIsWrittenThroughALinkInTheDataDirectory) {
    ASSERT_EQ(::geteuid(), 0U) << "this test needs root";
    const auto before = std::filesystem::last_write_time(postgres_.files().data / "pg_hba.conf");
    EXPECT_LT(before, std::filesystem::last_write_time(postgres_.files().host_rules))
        << "initdb's own, which is not used";
    EXPECT_THAT(test::text_of(postgres_.files().data / "postgresql.conf"),
                Not(HasSubstr("Written by Joust")));
}

TEST_F(SharedPostgres, ReadsSettingsBackWithUnitsAndDurabilityInForce) {
    const model::DatabaseFacts facts = postgres_.facts().value();
    for (const auto& [name, value] : shared_->spec.settings)
        EXPECT_EQ(facts.settings_in_force.at(name), value) << name;
    EXPECT_EQ(facts.settings_in_force.at("fsync"), "on");
    EXPECT_EQ(facts.settings_in_force.at("synchronous_commit"), "on");
    EXPECT_EQ(facts.settings_in_force.at("full_page_writes"), "on");
    EXPECT_EQ(facts.settings_in_force.at("autovacuum"), "off");
    EXPECT_EQ(facts.settings_in_force.at("checkpoint_timeout"), "5min");
    EXPECT_EQ(facts.engine, model::DatabaseEngine::postgres);
    EXPECT_GE(std::stoi(facts.version), 15);
    EXPECT_NE(facts.data_file_system, "");
}

TEST_F(OwnPostgres, RelaxedDurabilityTurnsOnlyTheWaitForCommitsOff) {
    spec_.durability = model::Durability::relaxed;
    const auto postgres = start();
    const auto settings = postgres->facts().value().settings_in_force;
    EXPECT_EQ(settings.at("synchronous_commit"), "off");
    EXPECT_EQ(settings.at("fsync"), "on");
}

TEST_F(SharedPostgres, EmptiesTablesAndStartsTheirNumbersAgain) {
    const ContenderSession session(postgres_.create_for("shop").value());
    session.ask("CREATE TABLE users (id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, name text)");
    session.ask("CREATE TABLE orders (id serial, user_id bigint REFERENCES users (id))");
    session.ask("INSERT INTO users (name) SELECT 'n' FROM generate_series(1, 1000)");
    session.ask("INSERT INTO orders (user_id) VALUES (1)");
    ASSERT_EQ(session.ask("SELECT count(*) FROM users"), "1000");

    const Status reset = postgres_.reset("shop");
    ASSERT_TRUE(reset) << reset.error().message;
    EXPECT_EQ(session.ask("SELECT count(*) FROM users"), "0");
    EXPECT_EQ(session.ask("SELECT count(*) FROM orders"), "0");
    EXPECT_EQ(session.ask("INSERT INTO users (name) VALUES ('first') RETURNING id"), "1");
    EXPECT_EQ(session.ask("SELECT pg_relation_size('orders')"), "0");
}

TEST_F(SharedPostgres, EndsASessionThatKeepsATableLocked) {
    const ContenderSession session(postgres_.create_for("locked").value());
    session.ask("CREATE TABLE users (id int)");
    session.ask("BEGIN");
    session.ask("INSERT INTO users VALUES (1)");
    const Status reset = postgres_.reset("locked");
    EXPECT_TRUE(reset) << reset.error().message;
    session.ask("COMMIT");
    EXPECT_FALSE(session.open()) << session.words();
}

TEST_F(SharedPostgres, NamesTheSettingWhenItsConnectionsAreExhausted) {
    const std::string url = postgres_.create_for("fastapi").value();
    const LogMark before = postgres_.mark();
    std::vector<ContenderSession> sessions;
    while (sessions.size() < 510)
        if (sessions.emplace_back(url); !sessions.back().open()) break;
    // Three of the 500 are kept for the superuser, so that Joust itself can still get in.
    EXPECT_EQ(sessions.size(), 498U);
    EXPECT_THAT(sessions.back().words(), HasSubstr("remaining connection slots are reserved"));
    ContenderSession again(url);

    const auto incidents = postgres_.incidents_since(before);
    ASSERT_EQ(incidents.size(), 1U);
    EXPECT_EQ(incidents[0].kind, model::IncidentKind::database_connections);
    EXPECT_THAT(incidents[0].text, HasSubstr("refused 2 connections"));
    EXPECT_THAT(incidents[0].text, HasSubstr("max_connections is 500"));
    EXPECT_THAT(incidents[0].text, HasSubstr("database.settings.max_connections"));
    EXPECT_TRUE(postgres_.facts()) << "Joust can still ask";
    EXPECT_TRUE(postgres_.sound_since(before)) << "a refusal is no reason to end the run";
    EXPECT_TRUE(postgres_.incidents_since(postgres_.mark()).empty()) << "told once, not again";
}

TEST_F(OwnPostgres, NamesASettingWhoseValueTheServerRejects) {
    spec_.settings["shared_buffers"] = "banana";
    const Error error = start_and_fail();
    EXPECT_EQ(error.kind, ErrorKind::bad_input);
    EXPECT_THAT(error.message, HasSubstr("database.settings.shared_buffers is \"banana\""));
    EXPECT_THAT(error.message, HasSubstr("invalid value for parameter \"shared_buffers\""));
}

TEST_F(OwnPostgres, NamesASettingThatDoesNotExist) {
    spec_.settings["shard_buffers"] = "1GB";
    const Error error = start_and_fail();
    EXPECT_EQ(error.kind, ErrorKind::bad_input);
    EXPECT_THAT(error.message, HasSubstr("database.settings.shard_buffers"));
    EXPECT_THAT(error.message, HasSubstr("unrecognized configuration parameter"));
}

TEST_F(OwnPostgres, ShowsTheServersLastWordsWhenItCannotStart) {
    // More memory than any host has: nothing wrong with the value itself.
    spec_.settings["shared_buffers"] = "4TB";
    const Error error = start_and_fail();
    EXPECT_EQ(error.kind, ErrorKind::database);
    EXPECT_THAT(error.message, HasSubstr("could not map anonymous shared memory"));
}

TEST_F(OwnPostgres, TakesAnotherPortWhenSomebodyIsFaster) {
    const int occupied = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ASSERT_EQ(::bind(occupied, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    ASSERT_EQ(::listen(occupied, 1), 0);
    socklen_t size = sizeof address;
    ASSERT_EQ(::getsockname(occupied, reinterpret_cast<sockaddr*>(&address), &size), 0);
    int asked = 0;
    const auto postgres = Postgres::start(context_of(rig_, spec_), [&]() -> Result<std::uint16_t> {
        if (asked++ == 0) return ntohs(address.sin_port);
        return host::free_loopback_port();
    });
    ::close(occupied);
    ASSERT_TRUE(postgres) << postgres.error().message;
    EXPECT_EQ(asked, 2);
    EXPECT_TRUE(ContenderSession((*postgres)->create_for("django").value()).open());
}

TEST_F(SharedPostgres, RunsAsTheUnprivilegedUserInItsLimits) {
    struct stat status{};
    ASSERT_EQ(::stat(fmt::format("/proc/{}", postgres_.pid()).c_str(), &status), 0);
    EXPECT_EQ(status.st_uid, shared_->rig.user().uid);
    EXPECT_NE(status.st_uid, 0U);
    const auto source = postgres_.usage_source();
    ASSERT_TRUE(source);
    if (const auto* group = std::get_if<host::GroupSource>(&*source)) {
        EXPECT_TRUE(group->threads) << "context switches and what it writes are read of its processes";
    }
    const auto limits = postgres_.limits_in_force();
    ASSERT_TRUE(limits) << limits.error().message;
    EXPECT_EQ(limits->has_value(), shared_->rig.cgroups().limits_possible().has_value());
    if (*limits) {
        EXPECT_EQ((*limits)->memory, Bytes{1ULL << 30});
    }
}

// Shared memory segments of the user that nobody is attached to.
int orphaned_segments(uid_t user) {
    shm_info totals{};
    int count = 0;
    const int highest = ::shmctl(0, SHM_INFO, reinterpret_cast<shmid_ds*>(&totals));
    for (int index = 0; index <= highest; ++index) {
        shmid_ds segment{};
        if (::shmctl(index, SHM_STAT, &segment) >= 0 && segment.shm_perm.uid == user &&
            segment.shm_nattch == 0)
            ++count;
    }
    return count;
}

TEST_F(OwnPostgres, NoticesItsDeathAndLeavesNothingBehind) {
    auto started = Postgres::start(context_of(rig_, spec_), host::free_loopback_port);
    ASSERT_TRUE(started) << started.error().message;
    auto& postgres = dynamic_cast<Postgres&>(**started);
    const std::string url = postgres.create_for("django").value();
    const Path root = postgres.files().root;
    const Path data = postgres.files().data;
    const Path sockets = postgres.files().sockets.value();
    const LogMark mark = postgres.mark();
    ASSERT_TRUE(postgres.sound_since(mark));
    ASSERT_TRUE(std::filesystem::exists(data));
    const pid_t pid = postgres.pid();
    ASSERT_EQ(::kill(pid, SIGKILL), 0);
    EXPECT_TRUE(test::eventually([&] { return !postgres.running(); }));
    EXPECT_THAT(postgres.description(), HasSubstr("killed by signal 9"));
    const Status sound = postgres.sound_since(mark);
    ASSERT_FALSE(sound);
    EXPECT_THAT(sound.error().message, HasSubstr("killed by signal 9"));
    EXPECT_THAT(postgres.reset("django").error().message, HasSubstr("killed by signal 9"));

    const Status stopped = postgres.stop();
    EXPECT_TRUE(stopped) << stopped.error().message;
    EXPECT_FALSE(std::filesystem::exists(root));
    EXPECT_FALSE(std::filesystem::exists(sockets));
    EXPECT_FALSE(ContenderSession(url).open());
    EXPECT_EQ(orphaned_segments(rig_.user().uid), 0);
    EXPECT_TRUE(postgres.stop()) << "a second time does nothing";
}

TEST_F(OwnPostgres, TellsWhenOneOfItsProcessesIsKilled) {
    const auto postgres = start();
    const ContenderSession session(postgres->create_for("django").value());
    const LogMark mark = postgres->mark();
    ASSERT_EQ(::kill(std::stoi(session.ask("SELECT pg_backend_pid()")), SIGKILL), 0);
    ASSERT_TRUE(test::eventually([&] { return !postgres->sound_since(mark); }));
    EXPECT_THAT(postgres->sound_since(mark).error().message, HasSubstr("was terminated by signal 9"));
}

TEST_F(OwnPostgres, StopsWithinSecondsThoughSessionsAreOpen) {
    const auto postgres = start();
    const ContenderSession session(postgres->create_for("django").value());
    const TimePoint begin = now();
    EXPECT_TRUE(postgres->stop());
    EXPECT_LT(seconds(now() - begin), 5.0);
    EXPECT_FALSE(postgres->running());
    session.ask("SELECT 1");
    EXPECT_FALSE(session.open());
}

TEST_F(SharedPostgres, RefusesANameThatTheServerWouldCut) {
    const auto made = postgres_.create_for(std::string(58, 'a'));
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().kind, ErrorKind::bad_input);
    EXPECT_TRUE(postgres_.create_for(std::string(57, 'a')));
}

}  // namespace
}  // namespace joust::database
