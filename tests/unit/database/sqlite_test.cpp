#include "database/sqlite.hpp"

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include "database/sqlite_connection.hpp"
#include "unit/database/collected_rows.hpp"
#include "unit/database/started_sqlite.hpp"

namespace joust::database {
namespace {

using ::testing::HasSubstr;
using namespace std::chrono_literals;

class SqliteTest : public ::testing::Test {
protected:
    test::Rig rig_;
    model::DatabaseSpec spec_ = {.engine = model::DatabaseEngine::sqlite};

    Result<std::unique_ptr<Database>> start() { return start_sqlite(rig_, spec_); }
    static SqliteConnection open(const std::string& url) {
        return test::must(SqliteConnection::open(url.substr(std::string("sqlite:///").size()), false, 1s));
    }
};

uid_t owner_of(const Path& path) {
    struct stat status{};
    EXPECT_EQ(::stat(path.c_str(), &status), 0) << path;
    return status.st_uid;
}

TEST_F(SqliteTest, MakesAFileThatTheUnprivilegedUserOwns) {
    const auto database = test::must(start());
    const std::string url = test::must(database->create_for("django"));
    EXPECT_THAT(url, ::testing::StartsWith("sqlite:////"));
    const Path file = dynamic_cast<Sqlite&>(*database).file_of("django");
    EXPECT_EQ(url, "sqlite:///" + file.string());
    EXPECT_EQ(owner_of(file), rig_.user().uid);
    EXPECT_EQ(owner_of(file.parent_path()), rig_.user().uid) << "journals are made beside the file";
    EXPECT_EQ(test::must(open(url).run("PRAGMA journal_mode")).at(0), "wal");
    EXPECT_EQ(test::must(database->create_for("django")), url);
    EXPECT_NE(test::must(database->create_for("fastapi")), url);
}

TEST_F(SqliteTest, EmptiesTablesStartsTheirNumbersAgainAndGivesSpaceBack) {
    const auto database = test::must(start());
    const std::string url = test::must(database->create_for("django"));
    const Path file = dynamic_cast<Sqlite&>(*database).file_of("django");
    {
        SqliteConnection session = open(url);
        test::must(
            session.run("CREATE TABLE users (id integer PRIMARY KEY AUTOINCREMENT, name text);"
                        "CREATE TABLE \"odd \"\"name\" (user_id integer REFERENCES users (id))"));
    }
    ASSERT_TRUE(database->reset("django"));
    const auto empty_size = std::filesystem::file_size(file);

    SqliteConnection session = open(url);  // stays open, as a running contender's do
    test::must(
        session.run("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) "
                    "INSERT INTO users (name) SELECT 'somebody' || i FROM n;"
                    "INSERT INTO \"odd \"\"name\" VALUES (1)"));
    ASSERT_EQ(test::must(session.run("SELECT count(*) FROM users")).at(0), "5000");
    const Status reset = database->reset("django");
    ASSERT_TRUE(reset) << reset.error().message;
    EXPECT_EQ(test::must(session.run("SELECT count(*) FROM users")).at(0), "0");
    EXPECT_EQ(test::must(session.run("SELECT count(*) FROM \"odd \"\"name\"")).at(0), "0");
    EXPECT_EQ(std::filesystem::file_size(file), empty_size);
    EXPECT_EQ(std::filesystem::file_size(file.string() + "-wal"), 0U) << "checkpointed and cut";
    EXPECT_EQ(test::must(session.run("INSERT INTO users (name) VALUES ('first') RETURNING id")).at(0), "1");
    EXPECT_EQ(test::must(session.run("PRAGMA integrity_check")).at(0), "ok");
}

TEST_F(SqliteTest, SaysWhoKeepsTheFileLocked) {
    const auto database = test::must(start());
    SqliteConnection session = open(test::must(database->create_for("django")));
    test::must(session.run("CREATE TABLE users (id integer); BEGIN IMMEDIATE; INSERT INTO users VALUES (1)"));
    const Status reset = database->reset("django");
    ASSERT_FALSE(reset);
    EXPECT_THAT(reset.error().message, HasSubstr("emptying the SQLite file of django: database is locked"));
}

TEST_F(SqliteTest, CountsTheRowsOfEachRequestOfAnOrdinaryTable) {
    const auto database = test::must(start());
    SqliteConnection session = open(test::must(database->create_for("django")));
    const auto contents = [&] { return collected_rows(*database, "django", {"users"}); };
    EXPECT_EQ(contents().problem, "there is no table of that name");
    test::must(session.run("CREATE VIEW users AS SELECT 'a' AS request_id"));
    EXPECT_EQ(contents().problem, "there is no table of that name");
    test::must(session.run("DROP VIEW users; CREATE TABLE users (other text)"));
    EXPECT_THAT(contents().problem, HasSubstr("it cannot be read: no such column: request_id"));
    test::must(
        session.run("DROP TABLE users; CREATE TABLE users (request_id text);"
                    "INSERT INTO users VALUES ('a b'), ('b'), ('a b'), (NULL)"));
    EXPECT_EQ(contents().problem, "");
    EXPECT_THAT(contents().rows, ::testing::UnorderedElementsAre(CountedId{"a b", 2, 2}, CountedId{"b", 1, 1},
                                                                 CountedId{"", 1, 1}));
}

TEST_F(SqliteTest, CountsTheRowsThatHoldWhatIsStated) {
    const auto database = test::must(start());
    SqliteConnection session = open(test::must(database->create_for("django")));
    test::must(session.run(
        "CREATE TABLE users (request_id text, age integer, \"a b\" text);"
        "INSERT INTO users VALUES ('a', 99, 'x'), ('a', 20, 'x'), ('b', 99, NULL), ('c', 99, 'x')"));
    const auto rows = [&](std::map<std::string, std::string> values) {
        return collected_rows(*database, "django", {"users", std::move(values)});
    };
    EXPECT_THAT(
        rows({{"age", "99"}, {"a b", "x"}}).rows,
        ::testing::UnorderedElementsAre(CountedId{"a", 2, 1}, CountedId{"b", 1, 0}, CountedId{"c", 1, 1}));
    EXPECT_THAT(rows({{"age", "99' OR '1'='1"}}).rows, ::testing::Contains(CountedId{"c", 1, 0}));
    EXPECT_THAT(rows({{"size", "1"}}).problem, HasSubstr("no such column: users.size"));
}

TEST_F(SqliteTest, HandsOnTheRowsOfAsManyRequestsAsThereAre) {
    const auto database = test::must(start());
    SqliteConnection session = open(test::must(database->create_for("django")));
    test::must(
        session.run("CREATE TABLE users (request_id text);"
                    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) "
                    "INSERT INTO users SELECT printf('%036d', i % 10000) FROM n;"
                    "INSERT INTO users VALUES (printf('%.*c', 100000, 'x'))"));
    const CollectedRows found = collected_rows(*database, "django", {"users"});
    EXPECT_EQ(found.problem, "");
    ASSERT_EQ(found.rows.size(), 10'001U);
    EXPECT_EQ(found.rows.front(), (CountedId{std::string(36, '0'), 2, 2}));
    EXPECT_EQ(found.rows.back(), (CountedId{std::string(RowsOfRequest::k_longest_id, 'x'), 1, 1}));
}

TEST_F(SqliteTest, TellsWhatItKnowsAndWhatOnlyTheContendersKnow) {
    const auto database = test::must(start());
    test::must(database->create_for("django"));
    const model::DatabaseFacts facts = test::must(database->facts());
    EXPECT_EQ(facts.engine, model::DatabaseEngine::sqlite);
    EXPECT_THAT(facts.version, HasSubstr(sqlite3_libversion()));
    EXPECT_EQ(facts.settings_in_force.at("journal_mode"), "wal");
    EXPECT_THAT(facts.settings_in_force.at("synchronous"), HasSubstr("by each contender"));
    EXPECT_FALSE(database->usage_source());
    EXPECT_FALSE(test::must(database->limits_in_force()));
}

TEST_F(SqliteTest, RefusesADurabilityThatItCannotEnforce) {
    spec_.durability = model::Durability::relaxed;
    const auto database = start();
    ASSERT_FALSE(database);
    EXPECT_EQ(database.error().kind, ErrorKind::bad_input);
    EXPECT_THAT(database.error().message, HasSubstr("write durability = \"full\""));
}

// Each of the next four has a contender put something in place of its file, and Joust, which is root, reset
// it.

TEST_F(SqliteTest, ALinkInPlaceOfTheFileLeadsToNoOtherDatabase) {
    const test::TempDirectory elsewhere;
    const Path foreign = elsewhere.path() / "foreign.sqlite3";
    SqliteConnection other = test::must(SqliteConnection::open(foreign, true, 1s));
    test::must(other.run("CREATE TABLE accounts (id integer); INSERT INTO accounts VALUES (1)"));
    // Even where the contender's user could write it himself.
    std::filesystem::permissions(foreign, std::filesystem::perms(0666));
    std::filesystem::permissions(elsewhere.path(), std::filesystem::perms(0777));
    const auto database = test::must(start());
    test::must(database->create_for("django"));
    const Path file = dynamic_cast<Sqlite&>(*database).file_of("django");
    std::filesystem::remove(file);
    std::filesystem::create_symlink(foreign, file);
    EXPECT_FALSE(database->reset("django"));
    EXPECT_FALSE(database->facts());
    EXPECT_EQ(test::must(other.run("SELECT count(*) FROM accounts")).at(0), "1");
}

TEST_F(SqliteTest, ALinkedDirectoryOrFileOfRootsIsNotTouched) {
    ASSERT_EQ(::geteuid(), 0U) << "this test needs root";
    const auto database = test::must(start());
    test::must(database->create_for("django"));
    const Path file = dynamic_cast<Sqlite&>(*database).file_of("django");
    const test::TempDirectory elsewhere;
    const Path foreign = elsewhere.path() / "foreign.sqlite3";
    SqliteConnection other = test::must(SqliteConnection::open(foreign, true, 1s));
    test::must(other.run("CREATE TABLE accounts (id integer); INSERT INTO accounts VALUES (1)"));
    std::filesystem::remove(file);
    std::filesystem::create_hard_link(foreign, file);
    EXPECT_FALSE(database->reset("django")) << "as the contender's user, who may not write it";
    EXPECT_EQ(test::must(other.run("SELECT count(*) FROM accounts")).at(0), "1");
}

TEST_F(SqliteTest, TriggersOfTheContenderDoNotRun) {
    const auto database = test::must(start());
    SqliteConnection session = open(test::must(database->create_for("django")));
    test::must(
        session.run("CREATE TABLE users (id integer); CREATE TABLE copies (id integer);"
                    "CREATE TRIGGER kept AFTER DELETE ON users BEGIN INSERT INTO copies VALUES (old.id); END;"
                    "INSERT INTO users VALUES (1)"));
    ASSERT_TRUE(database->reset("django"));
    EXPECT_EQ(test::must(session.run("SELECT count(*) FROM copies")).at(0), "0");
    EXPECT_EQ(test::must(session.run("SELECT count(*) FROM sqlite_schema WHERE type = 'trigger'")).at(0),
              "1");
}

TEST_F(SqliteTest, AFifoInPlaceOfTheFileIsAnErrorAndNotWaitedFor) {
    const auto database = test::must(start());
    test::must(database->create_for("django"));
    const Path file = dynamic_cast<Sqlite&>(*database).file_of("django");
    std::filesystem::remove(file);
    ASSERT_EQ(::mkfifo(file.c_str(), 0666), 0);
    EXPECT_FALSE(database->reset("django"));
}

TEST_F(SqliteTest, EachContenderHasADirectoryThatItsUserAloneCanEnter) {
    ASSERT_EQ(::geteuid(), 0U) << "this test needs root";
    const host::User own = test::must(rig_.run().new_user());
    const auto database = test::must(start_sqlite(rig_, spec_, {{"django", own}}));
    test::must(database->create_for("django"));
    const Path file = dynamic_cast<Sqlite&>(*database).file_of("django");
    EXPECT_EQ(owner_of(file), own.uid);
    EXPECT_EQ(owner_of(file.parent_path()), own.uid);
    EXPECT_EQ(std::filesystem::status(file.parent_path()).permissions(), std::filesystem::perms(0700));
    EXPECT_EQ(owner_of(file.parent_path().parent_path()), 0U);
    EXPECT_TRUE(database->reset("django"));
}

TEST_F(SqliteTest, RemovesItsFilesWhenStopped) {
    const auto database = test::must(start());
    test::must(database->create_for("django"));
    const Path directory = dynamic_cast<Sqlite&>(*database).file_of("django").parent_path();
    EXPECT_TRUE(database->running());
    EXPECT_TRUE(database->stop());
    EXPECT_FALSE(std::filesystem::exists(directory));
    EXPECT_FALSE(database->running());
    EXPECT_FALSE(database->create_for("fastapi"));
}

}  // namespace
}  // namespace joust::database
