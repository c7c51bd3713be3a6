#include "database/sqlite_changes.hpp"

#include <gmock/gmock.h>

#include "database/sqlite_connection.hpp"
#include "unit/database/started_sqlite.hpp"

namespace joust::database {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;
using namespace std::chrono_literals;

/// A contender with a table and a connection that stays open, as those of services do, whose turn has begun.
class SqliteChanges : public ::testing::Test {
protected:
    test::Rig rig_;
    std::unique_ptr<Database> database_ = test::must(start_sqlite(rig_));
    std::optional<SqliteConnection> session_;

    void SetUp() override {
        test::must(database_->create_for("django"));
        open_session();
        ask("CREATE TABLE users (id integer PRIMARY KEY AUTOINCREMENT, name text);"
            "CREATE TABLE products (id integer PRIMARY KEY, name text)");
        insert(3);
        ASSERT_TRUE(database_->reset("django"));
        ASSERT_TRUE(database_->begin_turn("django"));
    }
    [[nodiscard]] Path file() const { return dynamic_cast<Sqlite&>(*database_).file_of("django"); }
    void open_session() { session_ = test::must(SqliteConnection::open(file(), false, 1s)); }
    void ask(const std::string& statements) { test::must(session_->run(statements)); }
    void insert(int rows) {
        ask("BEGIN IMMEDIATE");
        for (int i = 0; i < rows; ++i)
            ask("INSERT INTO users (name) VALUES ('a')");
        ask("COMMIT");
    }
    ChangeLog log() { return test::must(database_->changes_in_turn("django")).value(); }
    std::string why_not() {
        const auto log = database_->changes_in_turn("django");
        return log ? "" : log.error().message;
    }
};

TEST_F(SqliteChanges, CountTransactionsThatChangeSomethingAndAreCommitted) {
    EXPECT_EQ(log().counters->commits, 0U);
    EXPECT_THAT(log().counters->inserted, ::testing::IsEmpty());
    for (int i = 0; i < 7; ++i)
        insert(10);
    ask("BEGIN IMMEDIATE; INSERT INTO users (name) VALUES ('b'); ROLLBACK");
    ask("BEGIN IMMEDIATE; DELETE FROM users WHERE name = 'nobody'; COMMIT");
    ask("SELECT count(*) FROM users");
    ask("BEGIN IMMEDIATE; SAVEPOINT a; INSERT INTO users (name) VALUES ('c'); ROLLBACK TO a;"
        "INSERT INTO users (name) VALUES ('d'); RELEASE a; COMMIT");
    ask("DELETE FROM users WHERE id > 20");
    ask("PRAGMA wal_checkpoint(TRUNCATE)");
    EXPECT_EQ(log().counters->commits, 9U);
    EXPECT_THAT(log().counters->inserted, ElementsAre(Pair("users", 71)))
        << "deleted ones too; of tables that are not numbered nothing is known";
    ask("INSERT INTO products VALUES (1, 'p')");
    EXPECT_EQ(log().counters->commits, 10U) << "of whatever table";
}

TEST_F(SqliteChanges, CountOverATurnFromItsBeginning) {
    insert(10);
    ASSERT_TRUE(database_->reset("django"));
    ASSERT_TRUE(database_->begin_turn("django"));
    insert(10);
    insert(10);
    EXPECT_EQ(log().counters->commits, 2U);
    EXPECT_EQ(log().counters->inserted.at("users"), 20);
    test::must(database_->create_for("fastapi"));
    EXPECT_FALSE(database_->changes_in_turn("fastapi")) << "it is not its turn";
    ASSERT_TRUE(database_->begin_turn("fastapi"));
    EXPECT_THAT(why_not(), HasSubstr("it was not this one's turn"));
}

TEST_F(SqliteChanges, TellWhatTheTablesAre) {
    ask("CREATE TRIGGER helper AFTER INSERT ON users BEGIN DELETE FROM users WHERE id = new.id; END;"
        "CREATE VIEW people AS SELECT * FROM users");
    const ChangeLog changes = log();
    EXPECT_THAT(changes.before.at("users").triggers, ::testing::IsEmpty());
    EXPECT_THAT(changes.after.at("users").triggers, ElementsAre("helper"));
    EXPECT_TRUE(changes.after.at("users").ordinary);
    EXPECT_FALSE(changes.before.contains("people"));
    EXPECT_FALSE(changes.after.at("people").ordinary);
    EXPECT_EQ(changes.before.at("users").relation, changes.after.at("users").relation);
}

TEST_F(SqliteChanges, TellWhatConstraintsTheTablesHave) {
    ask("CREATE TABLE orders (id integer NOT NULL PRIMARY KEY, buyer int CONSTRAINT of REFERENCES users ON "
        "DELETE "
        "CASCADE, code text NOT NULL, at int, CONSTRAINT once UNIQUE (code, at), CHECK (at  > 0));"
        "CREATE UNIQUE INDEX by_name ON users (name) WHERE id > 5; CREATE INDEX half ON orders (at, "
        "abs(at))");
    session_.reset();
    const TableStates tables = test::must(database_->tables_of("django"));
    EXPECT_THAT(tables.at("orders").constraints,
                UnorderedElementsAre(
                    "PRIMARY KEY (id)", "code NOT NULL", "UNIQUE (code, at)", "INDEX (at, expression)",
                    "FOREIGN KEY (buyer) REFERENCES users(id) ON DELETE CASCADE", "CHECK (at > 0)"));
    EXPECT_THAT(tables.at("users").constraints,
                UnorderedElementsAre("PRIMARY KEY (id)", "UNIQUE (name) WHERE id > 5",
                                     "orders: FOREIGN KEY (buyer) REFERENCES users(id) ON DELETE CASCADE"));
}

TEST_F(SqliteChanges, KnowWhatConstraintsATableHadWhenItWasMade) {
    ask("CREATE TABLE kept (name text); CREATE UNIQUE INDEX once ON kept (name); CREATE INDEX late ON users "
        "(name)");
    test::must(database_->tables_of("django"));
    ASSERT_TRUE(database_->begin_turn("django"));
    ask("DROP INDEX once");
    const ChangeLog changes = log();
    EXPECT_THAT(changes.made.at("kept"), ElementsAre("UNIQUE (name)"));
    EXPECT_THAT(changes.after.at("kept").constraints, ::testing::IsEmpty());
    EXPECT_THAT(changes.made.at("users"), ElementsAre("PRIMARY KEY (id)")) << "as it was seen first";
    EXPECT_THAT(changes.after.at("users").constraints,
                UnorderedElementsAre("PRIMARY KEY (id)", "INDEX (name)"));
}

// None of these is "not done": each is said not to be known, and why.

TEST_F(SqliteChanges, AreNotKnownWhereTheCounterWasMadeAnew) {
    insert(10);
    session_.reset();
    EXPECT_THAT(why_not(),
                HasSubstr("was not read at the end of the turn: there is no database.sqlite3-shm"));
    open_session();
    insert(10);
    EXPECT_THAT(why_not(), HasSubstr("was made anew in between"));
}

TEST_F(SqliteChanges, AreNotKnownWithoutAConnectionAtTheBeginning) {
    session_.reset();
    ASSERT_TRUE(database_->begin_turn("django"));
    open_session();
    insert(10);
    EXPECT_THAT(why_not(), HasSubstr("was not read at the beginning of the turn: there is no"));
}

TEST_F(SqliteChanges, AreNotKnownInAnotherJournalMode) {
    ask("PRAGMA journal_mode = DELETE");
    insert(10);
    EXPECT_THAT(why_not(),
                HasSubstr("its journal mode is no longer WAL, in which Joust makes the file, but a rollback "
                          "journal (DELETE, TRUNCATE, PERSIST, MEMORY or OFF): without a wal-index "
                          "nothing tells how many transactions"));
}

TEST_F(SqliteChanges, AreNotReadThroughALinkOrAFifo) {
    const Path index = file().string() + "-shm";
    std::filesystem::copy_file(index, rig_.logs() / "foreign");
    std::filesystem::permissions(rig_.logs(), std::filesystem::perms(0755));
    std::filesystem::permissions(rig_.logs() / "foreign", std::filesystem::perms(0666));
    std::filesystem::remove(index);
    std::filesystem::create_symlink(rig_.logs() / "foreign", index);
    EXPECT_THAT(why_not(),
                HasSubstr("database.sqlite3-shm cannot be read: Too many levels of symbolic links"));
    std::filesystem::remove(index);
    ASSERT_EQ(::mkfifo(index.c_str(), 0666), 0);
    EXPECT_THAT(why_not(), HasSubstr("database.sqlite3-shm is no regular file"));
}

TEST(SqliteState, OfTextThatNobodyTellsIsAnError) {
    EXPECT_EQ(parsed_state(std::string("c7 here") + '\0' + "t5 users" + '\0' + "n5 users12")->counter.commits,
              7U);
    for (const char* text :
         {"", "c", "c7", "cx y", "t", "t9 users", "n5 users", "n5 usersx", "k99 users", "?5 users"})
        EXPECT_EQ(parsed_state(text).has_value(), std::string_view(text).empty()) << text;
}

}  // namespace
}  // namespace joust::database
