#include "database/postgres_rows.hpp"

#include <gmock/gmock.h>

#include "unit/database/collected_rows.hpp"
#include "unit/database/contender_session.hpp"

namespace joust::database {
namespace {

TEST(PostgresRows, AreCountedByWhatTheyHold) {
    test::Rig rig;
    const auto database = started_database(rig, {.settings = {{"shared_buffers", "16MB"}}});
    const ContenderSession contender(test::must(database->create_for("valued")));
    contender.ask("CREATE TABLE users (request_id text, age int, \"a b\" text)");
    contender.ask("INSERT INTO users VALUES ('a', 99, 'x'), ('a', 20, 'x'), ('b', 99, NULL), ('c', 99, 'x')");
    const auto rows = [&](std::map<std::string, std::string> values) {
        return collected_rows(*database, "valued", {"users", std::move(values)});
    };
    EXPECT_THAT(
        rows({{"age", "99"}, {"a b", "x"}}).rows,
        ::testing::UnorderedElementsAre(CountedId{"a", 2, 1}, CountedId{"b", 1, 0}, CountedId{"c", 1, 1}));
    EXPECT_THAT(rows({{"age", "99' OR '1'='1"}}).rows, ::testing::Contains(CountedId{"c", 1, 0}));
    EXPECT_EQ(rows({{"size", "1"}}).problem, "it has no column size");
    contender.ask("CREATE DOMAIN years AS int");
    contender.ask("ALTER TABLE users ALTER age TYPE years");
    EXPECT_EQ(rows({{"age", "99"}}).problem, "its column age has a type of the contender's own");
}

}  // namespace
}  // namespace joust::database
