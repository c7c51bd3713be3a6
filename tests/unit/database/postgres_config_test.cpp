#include "database/postgres_config.hpp"

#include <gmock/gmock.h>

namespace joust::database {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

model::DatabaseSpec with(std::map<std::string, std::string> settings) {
    return {.settings = std::move(settings)};
}

TEST(PostgresConfig, RefusesWhatPlacesTheServerOrGovernsItsLog) {
    for (const char* name :
         {"port", "Listen_Addresses", "data_directory", "log_line_prefix", "lc_messages"}) {
        const Status checked = check_settings(with({{name, "1"}}));
        ASSERT_FALSE(checked) << name;
        EXPECT_EQ(checked.error().kind, ErrorKind::bad_input);
        EXPECT_THAT(checked.error().message, HasSubstr(std::string("database.settings.") + name));
    }
    EXPECT_TRUE(check_settings(with({{"work_mem", "8MB"}})));
}

TEST(PostgresConfig, RefusesSettingsThatDurabilityGoverns) {
    for (const char* name : {"fsync", "synchronous_commit", "FULL_PAGE_WRITES"})
        EXPECT_THAT(check_settings(with({{name, "off"}})).error().message, HasSubstr("database.durability"))
            << name;
}

TEST(PostgresConfig, RefusesWhatIsNoName) {
    for (const char* name : {"", "a b", "x = 1\nport", "1st"})
        EXPECT_FALSE(check_settings(with({{name, "1"}}))) << name;
}

// Such a name would be accepted and do nothing.
TEST(PostgresConfig, RefusesAnExtensionsSettingUnlessExtensionsAreLoaded) {
    EXPECT_FALSE(check_settings(with({{"pg_stat_statements.max", "100"}})));
    EXPECT_TRUE(check_settings(
        with({{"pg_stat_statements.max", "100"}, {"shared_preload_libraries", "pg_stat_statements"}})));
}

TEST(PostgresConfig, QuotesValuesSoThatTheyCannotBecomeSettings) {
    const std::string text = server_config(with({{"application_name", "it's\nfsync = off \\"}}),
                                           {.port = 1, .socket_directory = "/s"});
    EXPECT_THAT(text, HasSubstr("application_name = 'it''s\\nfsync = off \\\\'\n"));
    EXPECT_THAT(text, Not(HasSubstr("\nfsync = off")));
}

TEST(PostgresConfig, TurnsAutovacuumOffUnlessTheBenchmarkSaysOtherwise) {
    EXPECT_THAT(server_config(with({}), {}), HasSubstr("autovacuum = 'off'"));
    EXPECT_THAT(server_config(with({{"autovacuum", "on"}}), {}), Not(HasSubstr("autovacuum = 'off'")));
}

TEST(PostgresConfig, NamesTheRejectedSettingWhateverTheServersWords) {
    const auto spec = with({{"Work_Mem", "1"}, {"wal_buffers", "x"}});
    const struct {
        const char* log;
        const char* key;
    } rows[] = {
        {"2026-01-01 UTC [7] LOG:  invalid value for parameter \"wal_buffers\": \"x\"\n", "wal_buffers"},
        {"LOG:  1 kB is outside the valid range for parameter \"work_mem\" (64 kB .. 2147483647 kB)\n",
         "Work_Mem"},
        {"LOG:  unrecognized configuration parameter \"wal_buffers\" in file \"/x\" line 9\n", "wal_buffers"},
    };
    for (const auto& row : rows) {
        const Error error = startup_error(spec, row.log);
        EXPECT_EQ(error.kind, ErrorKind::bad_input) << row.log;
        EXPECT_THAT(error.message, HasSubstr(std::string("database.settings.") + row.key + " is"));
        EXPECT_THAT(error.message, Not(HasSubstr("LOG:"))) << "only the server's words";
    }
}

TEST(PostgresConfig, BlamesNoSettingForAFailureOfAnotherKind) {
    const Error error =
        startup_error(with({{"work_mem", "1MB"}}), "FATAL:  could not create lock file: Read-only\n");
    EXPECT_EQ(error.kind, ErrorKind::database);
    EXPECT_THAT(error.message, HasSubstr("could not create lock file"));
}

TEST(PostgresConfig, TellsATakenPortFromOtherTrouble) {
    EXPECT_TRUE(port_was_taken("LOG:  could not bind IPv4 address \"127.0.0.1\": Address already in use\n"));
    EXPECT_FALSE(port_was_taken("LOG:  could not bind IPv4 address \"127.0.0.1\": Permission denied\n"));
    EXPECT_FALSE(port_was_taken("LOG:  could not bind Unix address \"/s\": Address already in use\n"));
}

}  // namespace
}  // namespace joust::database
