#include <gmock/gmock.h>

#include "database/sqlite_connection.hpp"
#include "probes/wal_probe.hpp"
#include "unit/database/started_sqlite.hpp"

namespace joust::probes {
namespace {

using namespace std::chrono_literals;
using database::SqliteConnection;
using model::FaultyTable;
using model::TableFault;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

/// A real file, in which one connection stands for a contender.
class WalProbeOfAFile : public ::testing::Test {
protected:
    void SetUp() override {
        test::must(database_->create_for("one"));
        const auto& sqlite = dynamic_cast<database::Sqlite&>(*database_);
        {
            SqliteConnection migration = test::must(SqliteConnection::open(sqlite.file_of("one"), false, 1s));
            test::must(migration.run(
                "CREATE TABLE users (id integer PRIMARY KEY AUTOINCREMENT, email text NOT NULL UNIQUE, age "
                "int "
                "CHECK (age > 0), request_id text); CREATE INDEX by_id ON users (request_id, age);"
                "CREATE TABLE orders (user_id int NOT NULL REFERENCES users (id))"));
        }
        test::must(database_->tables_of("one"));
        session_ = test::must(SqliteConnection::open(sqlite.file_of("one"), false, 1s));
    }
    std::vector<FaultyTable> faults_after(const std::string& made, const std::string& work) {
        test::must(session_->run(made));
        EXPECT_TRUE(database_->begin_turn("one"));
        test::must(session_->run(work));
        model::TrialResult trial;
        trial.samples.ids = {{.prefix = "a", .issued = 1}};
        const Answers answers;
        const OwnCode code;
        WalProbe probe(*database_, "one", RowsChanged{{{"users", {1, 0, 0}}}, 1}, answers, code);
        EXPECT_TRUE(probe.begin(now(), now()));
        EXPECT_TRUE(probe.finish(trial));
        EXPECT_EQ(trial.effects->not_read, "");
        return trial.effects->tables;
    }

    test::Rig rig_;
    std::unique_ptr<database::Database> database_ = test::must(database::start_sqlite(rig_));
    std::optional<SqliteConnection> session_;
};

TEST_F(WalProbeOfAFile, NamesConstraintsThatATableHasNoMore) {
    EXPECT_THAT(
        faults_after(
            "DROP TABLE orders; DROP TABLE users; CREATE TABLE users (id int, email text NOT NULL, age int, "
            "request_id text); CREATE INDEX by_id ON users (request_id, age)",
            "DROP INDEX by_id"),
        UnorderedElementsAre(FaultyTable{TableFault::constraint, "users", "PRIMARY KEY (id)"},
                             FaultyTable{TableFault::constraint, "users", "UNIQUE (email)"},
                             FaultyTable{TableFault::constraint, "users", "CHECK (age > 0)"},
                             FaultyTable{TableFault::constraint, "users", "INDEX (request_id, age)"},
                             FaultyTable{TableFault::constraint, "users",
                                         "orders: FOREIGN KEY (user_id) REFERENCES users(id)"}));
}

TEST_F(WalProbeOfAFile, HoldsConstraintsAgainstWhatTheyDoNotWhatTheyAreCalled) {
    EXPECT_THAT(faults_after("ALTER TABLE users ADD COLUMN more int; CREATE INDEX further ON users (age)",
                             "DROP INDEX by_id; CREATE INDEX other ON users (request_id, age)"),
                IsEmpty());
}

}  // namespace
}  // namespace joust::probes
