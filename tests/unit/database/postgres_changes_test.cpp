#include "database/postgres_changes.hpp"

#include <gmock/gmock.h>
#include <libpq-fe.h>

#include <set>

#include "database/postgres.hpp"
#include "unit/database/contender_session.hpp"

namespace joust::database {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// Commits are asynchronous, so that a log that ends too early lacks some.
class Changes : public ::testing::Test {
protected:
    void SetUp() override {
        session_ = PQconnectdb(database_->create_for("busy").value().c_str());
        ask("CREATE TABLE users (id serial PRIMARY KEY, n int)");
        ask("CREATE UNLOGGED TABLE scratch (n int)");
        ASSERT_TRUE(database_->reset("busy"));
        ASSERT_TRUE(database_->begin_turn("busy"));
    }
    void TearDown() override { PQfinish(session_); }

    void ask(const std::string& statement) {
        PGresult* const result = PQexec(session_, statement.c_str());
        EXPECT_THAT(PQresultStatus(result), ::testing::AnyOf(PGRES_COMMAND_OK, PGRES_TUPLES_OK))
            << statement << ": " << PQerrorMessage(session_);
        PQclear(result);
    }
    ChangeLog log() { return test::must(database_->changes_in_turn("busy")).value(); }
    std::vector<std::pair<WalAct, std::uint32_t>> read(const ChangeLog& log) {
        std::vector<std::pair<WalAct, std::uint32_t>> found;
        const std::string users = log.before.at("users").relation;
        std::set<std::uint32_t> own;
        const Status status = database_->read_changes(log, [&](const WalRecord& record) {
            if (record.rows > 0 && record.relation != users) return;
            if (record.rows > 0) own.insert(record.transaction);
            if (own.contains(record.transaction)) found.emplace_back(record.act, record.rows);
        });
        EXPECT_TRUE(status) << status.error().message;
        return found;
    }

    test::Rig rig_;
    std::unique_ptr<Database> database_ = test::must(
        start_database({.spec = {.durability = model::Durability::relaxed,
                                 .settings = {{"shared_buffers", "16MB"}, {"wal_writer_delay", "10s"}}},
                        .limits = rig_.if_possible({.cpus = 1.0, .memory = Bytes{1ULL << 30}}),
                        .cpu = std::nullopt,
                        .runtime = rig_.runtime(),
                        .run = rig_.run(),
                        .user = rig_.user(),
                        .log_directory = rig_.logs()}));
    PGconn* session_ = nullptr;
};

TEST_F(Changes, AreReadFromTheBeginningOfTheTurnToTheLastCommit) {
    ask("INSERT INTO users (n) SELECT generate_series(1, 3)");
    ask("BEGIN");
    ask("UPDATE users SET n = 7 WHERE n = 1");
    ask("ROLLBACK");
    for (int i = 0; i < 50; ++i)
        ask("DELETE FROM users WHERE n = 2; INSERT INTO users (n) VALUES (2)");
    using enum WalAct;
    auto found = read(log());
    ASSERT_EQ(found.size(), 4U + 2U + 50U * 3U);
    found.resize(9);
    EXPECT_THAT(found, ElementsAre(std::pair(inserted, 1), std::pair(inserted, 1), std::pair(inserted, 1),
                                   std::pair(committed, 0), std::pair(updated, 1), std::pair(aborted, 0),
                                   std::pair(deleted, 1), std::pair(inserted, 1), std::pair(committed, 0)));
    ASSERT_TRUE(database_->begin_turn("busy"));
    EXPECT_TRUE(read(log()).empty()) << "what was before the turn is another trial's";
}

TEST_F(Changes, SurviveCheckpointsThatWouldRecycleTheLog) {
    ask("INSERT INTO users (n) VALUES (1)");
    auto& postgres = dynamic_cast<Postgres&>(*database_);
    Connection admin = test::must(postgres.admin_session("postgres"));
    for (int i = 0; i < 4; ++i) {
        test::must(admin.query("SELECT pg_switch_wal()"));
        test::must(admin.query("CHECKPOINT"));
    }
    EXPECT_EQ(read(log()).size(), 2U);
}

TEST_F(Changes, HaveTheTablesOfBothEnds) {
    ChangeLog found = log();
    EXPECT_EQ(found.before, found.after);
    EXPECT_FALSE(found.before.at("scratch").logged);
    ask("CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'");
    ask("CREATE TRIGGER helper AFTER INSERT ON users EXECUTE FUNCTION nothing()");
    ask("CREATE RULE also AS ON DELETE TO users DO ALSO INSERT INTO scratch VALUES (1)");
    ask("TRUNCATE users");
    found = log();
    EXPECT_THAT(found.after.at("users").triggers, ElementsAre("helper"));
    EXPECT_THAT(found.after.at("users").rules, ElementsAre("also"));
    EXPECT_NE(found.before.at("users").relation, found.after.at("users").relation);
}

TEST_F(Changes, HaveTriggersAndRulesWhereverTheyAre) {
    ask("CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'");
    ask("CREATE VIEW jobs AS SELECT 1 AS n; CREATE SCHEMA s; CREATE TABLE s.jobs (n int REFERENCES users)");
    ask("CREATE TRIGGER a INSTEAD OF INSERT ON jobs FOR EACH ROW EXECUTE FUNCTION nothing()");
    ask("CREATE TRIGGER b AFTER INSERT ON s.jobs EXECUTE FUNCTION nothing()");
    ask("CREATE TRIGGER c AFTER DELETE ON scratch EXECUTE FUNCTION nothing()");
    ask("CREATE RULE r AS ON UPDATE TO s.jobs DO INSTEAD NOTHING");
    {
        const ContenderSession other(database_->create_for("busy").value());
        other.ask("CREATE TEMP TABLE jobs (n int)");
        other.ask("CREATE TRIGGER d AFTER INSERT ON jobs EXECUTE FUNCTION nothing()");
        const TableStates tables = log().after;
        EXPECT_THAT(tables.at("jobs").triggers, ElementsAre("a"));
        EXPECT_THAT(tables.at("s.jobs").triggers, ElementsAre("b")) << "not that of its foreign key";
        EXPECT_THAT(tables.at("s.jobs").rules, ElementsAre("r"));
        EXPECT_THAT(tables.at("scratch").triggers, ElementsAre("c"));
        EXPECT_THAT(tables.at("pg_temp.jobs").triggers, ElementsAre("d"));
        const auto reader = test::must(database_->session_reader("busy"));
        EXPECT_THAT(test::must(reader->own_code()),
                    ::testing::Contains(model::FaultyTable{model::TableFault::trigger, "pg_temp.jobs", "d"}));
    }
    EXPECT_EQ(log().before.size(), 2U) << "the catalog's own rules are nobody's";
}

TEST_F(Changes, HaveConstraintsAsTheyWereFirstRead) {
    ask("ALTER TABLE users DROP CONSTRAINT users_pkey, ADD CONSTRAINT some_name UNIQUE (n)");
    ask("CREATE UNIQUE INDEX ON users (id); CREATE INDEX ON users USING hash (n) WHERE n > 1");
    const ChangeLog found = log();
    EXPECT_THAT(found.made.at("users"), ElementsAre("PRIMARY KEY (id)", "id NOT NULL"));
    EXPECT_EQ(found.before.at("users").constraints, found.made.at("users"));
    EXPECT_THAT(found.after.at("users").constraints,
                ::testing::UnorderedElementsAre("id NOT NULL", "UNIQUE (n)", "UNIQUE (id)",
                                                "INDEX (n) USING hash WHERE (n > 1)"));
    ASSERT_TRUE(database_->begin_turn("busy"));
    EXPECT_THAT(log().made.at("users"), ElementsAre("PRIMARY KEY (id)", "id NOT NULL"));
}

TEST_F(Changes, OfALogThatIsNotThereAreAnErrorWithPostgresWords) {
    ChangeLog gone = log();
    gone.start = "7/0";
    gone.end = "7/28";
    const Status status = database_->read_changes(gone, [](const WalRecord&) {});
    ASSERT_FALSE(status);
    EXPECT_THAT(status.error().message, HasSubstr("pg_waldump exited with code 1: pg_waldump: "));
    ChangeLog early = log();
    early.last += 1;
    EXPECT_FALSE(database_->read_changes(early, [](const WalRecord&) {}))
        << "a log without its last transaction is not whole";
    EXPECT_FALSE(database_->changes_in_turn("another"));
}

TEST(LogSettings, AreJousts) {
    for (const char* setting : {"wal_level", "max_replication_slots", "max_slot_wal_keep_size",
                                "commit_delay", "Commit_Siblings"}) {
        test::Rig rig;
        const auto refused = start_database({.spec = {.settings = {{setting, "1"}}},
                                             .limits = std::nullopt,
                                             .cpu = std::nullopt,
                                             .runtime = rig.runtime(),
                                             .run = rig.run(),
                                             .user = rig.user(),
                                             .log_directory = rig.logs()});
        ASSERT_FALSE(refused) << setting;
        EXPECT_EQ(refused.error().kind, ErrorKind::bad_input);
        EXPECT_THAT(refused.error().message, HasSubstr("proves by the write-ahead log"));
    }
}

}  // namespace
}  // namespace joust::database
