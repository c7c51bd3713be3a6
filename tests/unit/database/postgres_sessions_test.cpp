#include "database/postgres_sessions.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "unit/database/contender_session.hpp"

namespace joust::database {
namespace {

using namespace std::chrono_literals;
using model::DatabaseWaits;

struct StateCase {
    const char* why;
    const char* state;
    const char* wait_type;
    const char* wait_event;
    DatabaseWaits expected;
};

TEST(PostgresSessions, AreCountedByWhatTheyDo) {
    const std::vector<StateCase> cases{
        {"nothing to do", "idle", "Client", "ClientRead", {.sessions = 1, .idle = 1}},
        {"just opened", "", "", "", {.sessions = 1, .idle = 1}},
        {"the contender is at work",
         "idle in transaction",
         "Client",
         "ClientRead",
         {.sessions = 1, .held = 1}},
        {"it failed there", "idle in transaction (aborted)", "", "", {.sessions = 1, .held = 1}},
        {"on a CPU", "active", "", "", {.sessions = 1}},
        {"between messages of one statement", "active", "Client", "ClientRead", {.sessions = 1, .held = 1}},
        {"a row of another", "active", "Lock", "transactionid", {.sessions = 1, .on_lock = 1}},
        {"an advisory lock", "active", "Lock", "advisory", {.sessions = 1, .on_lock = 1}},
        {"behind whoever flushes", "active", "LWLock", "WALWrite", {.sessions = 1, .on_log = 1}},
        {"flushes, version 15", "active", "IO", "WALSync", {.sessions = 1, .on_log = 1}},
        {"flushes, version 17", "active", "IO", "WalSync", {.sessions = 1, .on_log = 1}},
        {"a page", "active", "IO", "DataFileRead", {.sessions = 1, .on_storage = 1}},
        {"asleep", "active", "Timeout", "PgSleep", {.sessions = 1, .on_other = 1}},
    };
    for (const StateCase& one : cases) {
        DatabaseWaits sum;
        add_sessions(sum, one.state, one.wait_type, one.wait_event, 1);
        EXPECT_EQ(sum, one.expected) << one.why;
    }
}

TEST(DatabaseWaits, AddUpInAnyOrder) {
    const DatabaseWaits one{
        .samples = 1, .sessions = 4, .idle = 1, .on_lock = 2, .most_sessions = 4, .others = {{"a", 1}}};
    const DatabaseWaits two{.samples = 1,
                            .sessions = 6,
                            .held = 3,
                            .all_in_use = 1,
                            .most_sessions = 6,
                            .others = {{"a", 1}, {"b", 1}}};
    DatabaseWaits forward = one;
    add(forward, two);
    DatabaseWaits backward = two;
    add(backward, one);
    EXPECT_EQ(forward, backward);
    EXPECT_EQ(forward.most_sessions, 6U);
    EXPECT_EQ(forward.others, (std::map<std::string, std::uint64_t>{{"a", 2}, {"b", 1}}));
    EXPECT_EQ(forward.in_use(), 9U);
    EXPECT_DOUBLE_EQ(forward.mean(forward.sessions), 5.0);
}

TEST(PostgresSessions, AreReadFromARunningServer) {
    test::Rig rig;
    const model::DatabaseSpec spec{.settings = {{"shared_buffers", "16MB"}, {"max_connections", "20"}}};
    const auto database = started_database(rig, spec);
    const std::string url = test::must(database->create_for("waits"));
    const ContenderSession another(test::must(database->create_for("another")));
    const auto reader = test::must(database->session_reader("waits"));
    DatabaseWaits nobody;
    ASSERT_TRUE(reader->read(nobody));
    EXPECT_EQ(nobody, DatabaseWaits{.samples = 1})
        << "neither the reader's own session nor another contender's";

    const ContenderSession holder(url);
    const ContenderSession idle(url);
    holder.ask("CREATE TABLE t (n int)");
    holder.ask("BEGIN");
    holder.ask("LOCK TABLE t");
    std::thread waiter([&] {
        const ContenderSession session(url);
        session.ask("SELECT * FROM t");
    });
    DatabaseWaits seen;
    for (const TimePoint deadline = now() + 20s; seen.on_lock == 0 && now() < deadline;) {
        seen = {};
        ASSERT_TRUE(reader->read(seen));
    }
    holder.ask("COMMIT");
    waiter.join();
    EXPECT_EQ(
        seen,
        (DatabaseWaits{.samples = 1, .sessions = 3, .idle = 1, .held = 1, .on_lock = 1, .most_sessions = 3}));
    DatabaseWaits sum = seen;
    ASSERT_TRUE(reader->read(sum));
    EXPECT_EQ(sum.samples, 2U);
}

// A contender that rests may load the server that its rival is measured with.
TEST(PostgresSessions, OfOthersAreToldWhileTheyAreAtWork) {
    test::Rig rig;
    const auto database = started_database(
        rig, {.settings = {{"shared_buffers", "16MB"}, {"max_connections", "20"}, {"autovacuum", "off"}}});
    ASSERT_TRUE(database->create_for("measured"));
    const std::string url = test::must(database->create_for("resting"));
    const auto reader = test::must(database->session_reader("measured"));
    const auto others_with = [&](const char* statement, bool expected) {
        std::thread worker([&] { ContenderSession(url).ask(statement); });
        if (!expected) std::this_thread::sleep_for(500ms);  // until the statement has begun to sleep
        std::map<std::string, std::uint64_t> others;
        for (const TimePoint deadline = now() + (expected ? 20s : 500ms);
             others.empty() && now() < deadline;) {
            DatabaseWaits seen;
            EXPECT_TRUE(reader->read(seen));
            others = seen.others;
            EXPECT_EQ(seen.sessions, 0U) << "its own are none of the measured one's";
        }
        worker.join();
        return others;
    };
    using Others = std::map<std::string, std::uint64_t>;
    EXPECT_EQ(others_with("SELECT count(*) FROM generate_series(1, 3000000)", true),
              (Others{{"resting", 1}}));
    EXPECT_EQ(others_with("SELECT pg_sleep(1.5)", false), Others{});
    const ContenderSession idle(url);
    DatabaseWaits seen;
    ASSERT_TRUE(reader->read(seen));
    EXPECT_EQ(seen.others, Others{});
}

TEST(PostgresSessions, TellTheirPortsAndHowManyEverWere) {
    test::Rig rig;
    const auto database = started_database(rig, {.settings = {{"shared_buffers", "16MB"}}});
    const std::string url = test::must(database->create_for("ports"));
    const ContenderSession another(test::must(database->create_for("another")));
    const auto reader = test::must(database->session_reader("ports"));
    const OpenSessions nobody = test::must(reader->open_sessions());
    EXPECT_TRUE(nobody.ports.empty()) << "neither the reader's own session nor another contender's";
    EXPECT_NE(url.find(fmt::format(":{}/", nobody.server_port)), std::string::npos);
    const ContenderSession first(url);
    const ContenderSession second(url);
    const OpenSessions two = test::must(reader->open_sessions());
    EXPECT_EQ(two.ports.size(), 2U);
    EXPECT_EQ(two.ever, nobody.ever + 2);
}

// The way a session that waits for its commits is told from one that does not.
TEST(PostgresSessions, AsynchronousCommitsNeedHardlyAnySync) {
    test::Rig rig;
    const model::DatabaseSpec spec{.durability = model::Durability::full,
                                   .settings = {{"shared_buffers", "16MB"}}};
    const auto database = started_database(rig, spec);
    const std::string url = test::must(database->create_for("commits"));
    ContenderSession(url).ask("CREATE TABLE t (n int)");
    const auto syncs_of = [&](const char* setting) {
        const auto before = test::must(database->log_syncs("commits", Sessions::ending));
        {
            const ContenderSession session(url);
            session.ask(setting);
            for (int i = 0; i < 300; ++i)
                session.ask("INSERT INTO t VALUES (1)");
        }
        return *test::must(database->log_syncs("commits", Sessions::ending)) - *before;
    };
    EXPECT_GE(syncs_of("SET synchronous_commit = on"), 300U) << "its session has ended, so all are counted";
    EXPECT_LT(syncs_of("SET synchronous_commit = off"), 100U);
}

TEST(PostgresSessions, SyncsAreNotCountedWhereTheyAreNotAskedFor) {
    test::Rig rig;
    const auto database = started_database(rig, {.durability = model::Durability::relaxed});
    EXPECT_EQ(test::must(database->log_syncs("anyone", Sessions::open)), std::nullopt);
}

}  // namespace
}  // namespace joust::database
