#include <gmock/gmock.h>
#include <libpq-fe.h>

#include "base/text.hpp"
#include "database/postgres.hpp"
#include "unit/database/contender_session.hpp"

namespace joust::database {
namespace {

using ::testing::HasSubstr;

/// A session of a contender that keeps its prepared statements, as asyncpg does.
class PreparingSession {
public:
    explicit PreparingSession(const std::string& url) : connection_(PQconnectdb(url.c_str())) {}
    PreparingSession(const PreparingSession&) = delete;
    PreparingSession& operator=(const PreparingSession&) = delete;
    ~PreparingSession() { PQfinish(connection_); }

    /// All rows of one column, a line each; the server's complaint where there is one.
    [[nodiscard]] std::string ask(const std::string& statement) const {
        PGresult* const result = PQexec(connection_, statement.c_str());
        std::vector<std::string> lines;
        for (int row = 0; row < PQntuples(result); ++row)
            lines.emplace_back(PQgetvalue(result, row, 0));
        if (const std::string complaint = PQresultErrorMessage(result); !complaint.empty())
            lines.push_back(complaint);
        PQclear(result);
        return joined(lines, "\n");
    }

private:
    PGconn* connection_;
};

// A statement that is planned while its table is small keeps its plan while the table grows. After VACUUM the
// planner takes an empty table for one that stays empty and reads it from end to end: with 10 000 rows
// FastAPI spent twice the database's CPU time for its 20 connections, more or fewer of them by chance.
TEST(PostgresPlans, OfATableThatGrowsFromNothingAreMadeForOneThatGrows) {
    test::Rig rig;
    const model::DatabaseSpec spec{.settings = {{"shared_buffers", "16MB"}, {"max_connections", "20"}}};
    const auto database = started_database(rig, spec);
    const PreparingSession session(test::must(database->create_for("growing")));
    ASSERT_EQ(session.ask("CREATE TABLE users (id serial PRIMARY KEY, request_id varchar(64), ordinal int)"),
              "");
    ASSERT_EQ(session.ask("CREATE INDEX ON users (request_id, ordinal)"), "");
    ASSERT_EQ(session.ask("SET plan_cache_mode = force_generic_plan"), "");
    for (const char* trial : {"first", "second"}) {
        ASSERT_TRUE(database->reset("growing"));
        ASSERT_EQ(
            session.ask("INSERT INTO users (request_id, ordinal) SELECT 'r', n FROM generate_series(0, 9) n"),
            "");
        ASSERT_EQ(session.ask("PREPARE work AS DELETE FROM users WHERE request_id = $1 AND ordinal >= $2"),
                  "");
        EXPECT_THAT(session.ask("EXPLAIN EXECUTE work ('r', 5)"), HasSubstr("users_request_id_ordinal_idx"))
            << trial;
        ASSERT_EQ(session.ask("DEALLOCATE work"), "");
    }
}

}  // namespace
}  // namespace joust::database
