#include "database/postgres_sessions.hpp"

#include <gtest/gtest.h>
#include <libpq-fe.h>

#include <thread>

#include "database/postgres.hpp"
#include "support/rig.hpp"

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
    const DatabaseWaits one{.samples = 1, .sessions = 4, .idle = 1, .on_lock = 2, .most_sessions = 4};
    const DatabaseWaits two{.samples = 1, .sessions = 6, .held = 3, .all_in_use = 1, .most_sessions = 6};
    DatabaseWaits forward = one;
    add(forward, two);
    DatabaseWaits backward = two;
    add(backward, one);
    EXPECT_EQ(forward, backward);
    EXPECT_EQ(forward.most_sessions, 6U);
    EXPECT_EQ(forward.in_use(), 9U);
    EXPECT_DOUBLE_EQ(forward.mean(forward.sessions), 5.0);
}

/// A session of the contender's.
class Session {
public:
    explicit Session(const std::string& url) : connection_(PQconnectdb(url.c_str())) {}
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;
    ~Session() { PQfinish(connection_); }
    void ask(const char* statement) const { PQclear(PQexec(connection_, statement)); }

private:
    PGconn* connection_;
};

TEST(PostgresSessions, AreReadFromARunningServer) {
    test::Rig rig;
    const model::DatabaseSpec spec{.settings = {{"shared_buffers", "16MB"}, {"max_connections", "20"}}};
    const auto database = test::must(start_database({.spec = spec,
                                                     .limits = std::nullopt,
                                                     .cpu = std::nullopt,
                                                     .runtime = rig.runtime(),
                                                     .run = rig.run(),
                                                     .user = rig.user(),
                                                     .log_directory = rig.logs()}));
    const std::string url = test::must(database->create_for("waits"));
    const Session another(test::must(database->create_for("another")));
    const auto reader = test::must(database->session_reader("waits"));
    DatabaseWaits nobody;
    ASSERT_TRUE(reader->read(nobody));
    EXPECT_EQ(nobody, DatabaseWaits{.samples = 1})
        << "neither the reader's own session nor another contender's";

    const Session holder(url);
    const Session idle(url);
    holder.ask("CREATE TABLE t (n int)");
    holder.ask("BEGIN");
    holder.ask("LOCK TABLE t");
    std::thread waiter([&] {
        const Session session(url);
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

}  // namespace
}  // namespace joust::database
