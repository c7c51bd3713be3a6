#include "database/sqlite_witness.hpp"

#include <gmock/gmock.h>

#include "database/sqlite_connection.hpp"
#include "unit/database/started_sqlite.hpp"

namespace joust::database {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using namespace std::chrono_literals;

constexpr const char* k_names = "SELECT name FROM sqlite_schema WHERE name LIKE 'joust%'";

/// A contender with tables and a connection of its own that was there before the witness.
class SqliteWitness : public ::testing::Test {
protected:
    test::Rig rig_;
    std::unique_ptr<Database> database_ = test::must(start_sqlite(rig_));
    sqlite3* session_ = nullptr;

    void SetUp() override {
        test::must(database_->create_for("django"));
        const Path file = dynamic_cast<Sqlite&>(*database_).file_of("django");
        ASSERT_EQ(sqlite3_open(file.c_str(), &session_), SQLITE_OK);
        ask("CREATE TABLE users (id integer PRIMARY KEY AUTOINCREMENT, age integer, request_id text);"
            "CREATE TABLE \"odd \"\"name\" (id integer PRIMARY KEY, x text)");
    }
    void TearDown() override { sqlite3_close(session_); }
    std::vector<std::string> ask(const std::string& statements) {
        std::vector<std::string> rows;
        char* words = nullptr;
        const auto take = [](void* all, int, char** values, char**) {
            static_cast<std::vector<std::string>*>(all)->emplace_back(values[0]);
            return 0;
        };
        EXPECT_EQ(sqlite3_exec(session_, statements.c_str(), take, &rows, &words), SQLITE_OK) << words;
        return rows;
    }
    void work(const std::string& id) {
        ask("BEGIN IMMEDIATE");
        for (int i = 0; i < 10; ++i)
            ask("INSERT INTO users (age, request_id) VALUES (" + std::to_string(i) + ", '" + id + "')");
        EXPECT_EQ(sqlite3_last_insert_rowid(session_), std::stoll(ask("SELECT max(id) FROM users")[0]))
            << "the contender is told its own keys";
        ask("UPDATE users SET age = 99 WHERE age < 5 AND request_id = '" + id + "'");
        EXPECT_EQ(sqlite3_changes(session_), 5) << "and counts its own rows";
        ask("DELETE FROM users WHERE age < 99 AND request_id = '" + id + "'; COMMIT");
    }
    Witnessed seen() { return test::must(database_->witnessed("django")); }
    std::string why_not() {
        const auto told = database_->witnessed("django");
        return told ? "" : told.error().message;
    }
};

TEST_F(SqliteWitness, TellsEveryRowThatCommittedTransactionsChanged) {
    work("before");
    ASSERT_TRUE(database_->call_witness("django", {"users"}));
    EXPECT_EQ(seen().commits, 0U);
    EXPECT_THAT(seen().rows, IsEmpty());
    work("a");
    EXPECT_EQ(seen().commits, 1U);
    EXPECT_THAT(seen().rows, ElementsAre(Pair("users", model::RowEffects{10, 5, 5})));
    ask("BEGIN IMMEDIATE; INSERT INTO users (request_id) VALUES ('c'); ROLLBACK");
    ask("DELETE FROM users WHERE age = 7");
    ask("UPDATE users SET age = 98 WHERE request_id IS 'before'");
    EXPECT_EQ(seen().commits, 2U);
    EXPECT_THAT(seen().rows, ElementsAre(Pair("users", model::RowEffects{10, 10, 5})));
}

// Contenders count their rows by what their connection says: no trigger may be among it.
TEST_F(SqliteWitness, IsNotAmongTheChangesThatAContenderCounts) {
    ASSERT_TRUE(database_->call_witness("django", {"users"}));
    const int before = sqlite3_total_changes(session_);
    work("a");
    EXPECT_EQ(sqlite3_total_changes(session_) - before, 20);
}

TEST_F(SqliteWitness, BreaksNoStatementWhateverItSaysOfConflicts) {
    ask("CREATE UNIQUE INDEX one ON users (request_id)");
    ASSERT_TRUE(database_->call_witness("django", {"users"}));
    const int before = sqlite3_total_changes(session_);
    ask("INSERT INTO users (request_id) VALUES ('a')");
    ask("INSERT INTO users (request_id) VALUES ('a') ON CONFLICT (request_id) DO UPDATE SET age = 7");
    ask("INSERT OR IGNORE INTO users (request_id) VALUES ('a')");
    for (const std::string policy : {"REPLACE", "ABORT", "FAIL", "ROLLBACK"})
        ask("INSERT OR " + policy + " INTO users (request_id) VALUES ('" + policy + "');" + "UPDATE OR " +
            policy + " users SET age = 8 WHERE request_id = 'a'");
    EXPECT_THAT(seen().rows, ElementsAre(Pair("users", model::RowEffects{5, 5, 0})));
    EXPECT_EQ(sqlite3_total_changes(session_) - before, 10);
}

// What a transaction does after its answer is not there with it.
TEST_F(SqliteWitness, TellsNothingOfWhatIsNotCommitted) {
    ASSERT_TRUE(database_->call_witness("django", {"users"}));
    ask("BEGIN IMMEDIATE; INSERT INTO users (request_id) VALUES ('a')");
    EXPECT_THAT(seen().rows, IsEmpty());
    EXPECT_EQ(seen().commits, 0U);
    ask("COMMIT");
    EXPECT_EQ(seen().commits, 1U);
    EXPECT_EQ(seen().rows.at("users").inserted, 1);
}

TEST_F(SqliteWitness, TellsTablesOfAnyNameAndWithoutNumbers) {
    ASSERT_TRUE(database_->call_witness("django", {"users", "odd \"name"}));
    ask("INSERT INTO \"odd \"\"name\" VALUES (1, 'x'), (2, 'y'); DELETE FROM \"odd \"\"name\"");
    ask("INSERT INTO users (request_id) VALUES (NULL)");
    EXPECT_THAT(seen().rows, ElementsAre(Pair("odd \"name", model::RowEffects{2, 0, 2}),
                                         Pair("users", model::RowEffects{1, 0, 0})));
    EXPECT_EQ(seen().commits, 3U);
}

TEST_F(SqliteWitness, LeavesTheFileAsItWas) {
    const auto before = ask("SELECT sql FROM sqlite_schema ORDER BY name");
    ASSERT_TRUE(database_->call_witness("django", {"users"}));
    EXPECT_THAT(ask(k_names), Contains("joust_witness_0_UPDATE"));
    work("a");
    ASSERT_TRUE(database_->dismiss_witness("django"));
    EXPECT_THAT(ask(k_names), IsEmpty());
    EXPECT_EQ(ask("SELECT sql FROM sqlite_schema ORDER BY name"), before);
    work("b");
    ASSERT_TRUE(database_->dismiss_witness("django")) << "nothing of it is there";
    EXPECT_FALSE(database_->witnessed("django"));
    ASSERT_TRUE(database_->call_witness("django", {"users"})) << "again";
    EXPECT_THAT(seen().rows, IsEmpty());
}

// The file is the contender's: what it does to the witness makes nothing as the contract.

TEST_F(SqliteWitness, IsNotBelievedWithoutItsTriggers) {
    ASSERT_TRUE(database_->call_witness("django", {"users"}));
    ask("DROP TRIGGER joust_witness_0_UPDATE_on");
    EXPECT_THAT(why_not(), HasSubstr("are not those that were made"));
}

TEST_F(SqliteWitness, IsNotBelievedWithOtherTriggers) {
    ASSERT_TRUE(database_->call_witness("django", {"users"}));
    ask("DROP TRIGGER joust_witness_0_UPDATE_on;"
        "CREATE TRIGGER joust_witness_0_UPDATE_on AFTER UPDATE ON users BEGIN SELECT 1; END");
    EXPECT_THAT(why_not(), HasSubstr("are not those that were made"));
}

TEST_F(SqliteWitness, IsNotBelievedWithAnotherTable) {
    ASSERT_TRUE(database_->call_witness("django", {"users"}));
    ask("DROP TABLE joust_witness_0_UPDATE; CREATE TABLE joust_witness_0_UPDATE (never)");
    EXPECT_THAT(why_not(), HasSubstr("are not those that were made"));
}

TEST_F(SqliteWitness, IsNotBelievedWhereItsNumbersWereTakenAway) {
    ASSERT_TRUE(database_->call_witness("django", {"users"}));
    work("a");
    ask("DELETE FROM sqlite_sequence");
    EXPECT_THAT(why_not(), HasSubstr("its sqlite_sequence was emptied"));
}

TEST_F(SqliteWitness, IsNotCalledForATableThatIsNotThere) {
    const Status called = database_->call_witness("django", {"nobodys"});
    ASSERT_FALSE(called);
    EXPECT_THAT(called.error().message, HasSubstr("there is no table nobodys"));
    EXPECT_THAT(ask(k_names), IsEmpty());
}

TEST(WitnessedBetween, FailsWhereANumberHasGoneDownOrTheCounterIsAnother) {
    const SqliteState before{
        .counter = {7, "one"}, .tables = {}, .numbered = {{"joust_witness_0_DELETE", 5}}};
    SqliteState after{.counter = {9, "one"}, .tables = {}, .numbered = {{"joust_witness_0_DELETE", 8}}};
    EXPECT_EQ(witnessed_between(before, after, {"users"})->rows.at("users").deleted, 3);
    after.numbered.clear();
    EXPECT_FALSE(witnessed_between(before, after, {"users"}));
    after = before;
    after.counter.index = "other";
    EXPECT_FALSE(witnessed_between(before, after, {"users"}));
}

}  // namespace
}  // namespace joust::database
