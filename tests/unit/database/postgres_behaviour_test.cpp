#include <gmock/gmock.h>

#include <algorithm>

#include "contender_session.hpp"
#include "database/postgres.hpp"

namespace joust::database {
namespace {

using namespace std::chrono_literals;

/// How a real server can be made to work, and what that shows of a session.
class PostgresBehaviour : public ::testing::Test {
protected:
    void SetUp() override {
        url_ = test::must(database_->create_for("one"));
        ContenderSession(url_).ask("CREATE TABLE users (id serial PRIMARY KEY, n int)");
    }
    Nanoseconds time_of(const ContenderSession& session, const std::string& statement) {
        const TimePoint begun = now();
        session.ask(statement);
        return now() - begun;
    }
    std::string rows() { return ContenderSession(url_).ask("SELECT count(*) FROM users"); }

    test::Rig rig_;
    std::unique_ptr<Database> database_ =
        started_database(rig_, {.durability = model::Durability::full,
                                .settings = {{"shared_buffers", "16MB"}, {"max_connections", "20"}}});
    std::string url_;
};

TEST_F(PostgresBehaviour, SlowCommitsKeepOnlyThoseWaitingWhoWaitForTheDisk) {
    ASSERT_TRUE(database_->behave(Behaviour::slow_commits));
    const ContenderSession waits(url_);
    const ContenderSession does_not(url_);
    does_not.ask("SET synchronous_commit = off");
    const std::string insert = "INSERT INTO users (n) VALUES (1)";
    EXPECT_GE(time_of(waits, insert), k_slow_commit);
    Nanoseconds shortest = time_of(does_not, insert);
    for (int i = 0; i < 10; ++i)  // a busy machine may take long for one
        shortest = std::min(shortest, time_of(does_not, insert));
    EXPECT_LT(shortest, k_slow_commit);
    ASSERT_TRUE(database_->behave(Behaviour::usual));
    const ContenderSession later(url_);
    EXPECT_EQ(later.ask("SHOW commit_delay"), "0");
    EXPECT_EQ(later.ask("SHOW commit_siblings"), "5");
}

TEST_F(PostgresBehaviour, AKilledServerKeepsWhatWasWaitedForAndLosesTheRest) {
    ASSERT_TRUE(database_->behave(Behaviour::lazy_log));
    const ContenderSession session(url_);
    for (int i = 0; i < 20; ++i)
        session.ask("INSERT INTO users (n) VALUES (1)");
    session.ask("SET synchronous_commit = off");
    // On a busy host the writer of the log learns of its new delay late, and writes once more when it does:
    // that may fall among these, but hardly behind all of them. They fit into wal_writer_flush_after.
    constexpr int k_lazy_rows = 300;
    for (int i = 0; i < k_lazy_rows; ++i)
        session.ask("INSERT INTO users (n) VALUES (2)");
    ASSERT_TRUE(database_->kill());
    EXPECT_FALSE(database_->running());
    EXPECT_FALSE(database_->kill()) << "it cannot be killed twice";
    const Status again = database_->start_again();
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_FALSE(database_->start_again()) << "it runs";
    const ContenderSession after(url_);
    EXPECT_EQ(after.ask("SELECT count(*) FROM users WHERE n = 1"), "20");
    EXPECT_LT(std::stoi(after.ask("SELECT count(*) FROM users WHERE n = 2")), k_lazy_rows);
    EXPECT_TRUE(database_->behave(Behaviour::usual));
    EXPECT_EQ(ContenderSession(url_).ask("SHOW wal_writer_delay"), "200ms");
}

TEST_F(PostgresBehaviour, TellsHowManyStatementsAContenderSends) {
    ASSERT_TRUE(database_->behave(Behaviour::telling));
    const ContenderSession session(url_);
    session.ask("SELECT 'before'");
    const LogMark mark = database_->mark();
    const std::string url_of_other = test::must(database_->create_for("other"));
    session.ask("BEGIN");
    session.ask("INSERT INTO users (n) VALUES (1)");
    session.ask("COMMIT");
    session.ask(
        "SELECT 1 -- joust_one@joust_one LOG:  statement: \nUNION SELECT 2\n -- x joust_one@joust_one "
        "LOG:  statement: SELECT 3");
    session.ask("PREPARE twice AS SELECT 1");
    session.ask("EXECUTE twice");
    ContenderSession(url_of_other).ask("SELECT 1");
    EXPECT_EQ(test::must(database_->statements_since("one", mark)), 6U);
    EXPECT_EQ(test::must(database_->statements_since("other", mark)), 1U);
    ASSERT_TRUE(database_->behave(Behaviour::usual));
    EXPECT_EQ(ContenderSession(url_).ask("SHOW log_statement"), "none");
}

TEST_F(PostgresBehaviour, OfAServerThatTellsNothingNoStatementsAreKnown) {
    const LogMark mark = database_->mark();
    ContenderSession(url_).ask("SELECT 1");
    EXPECT_FALSE(database_->statements_since("one", mark));
}

}  // namespace
}  // namespace joust::database
