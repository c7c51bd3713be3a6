#include "database/postgres_log.hpp"

#include <gmock/gmock.h>

#include "unit/host/support.hpp"

namespace joust::database {
namespace {

using ::testing::HasSubstr;

constexpr const char* k_refused = "2026-03-01 12:00:00.123 UTC [42] 53300 joust_django@joust_django ";

class PostgresLog : public ::testing::Test {
protected:
    LogFindings find(const std::string& line, std::uint64_t offset = 0) {
        return read_log(directory_.write("database.log", line), offset);
    }
    test::TempDirectory directory_;
};

TEST_F(PostgresLog, KnowsARefusedConnectionByItsCodeWhateverTheVersionSays) {
    for (const char* words :
         {"sorry, too many clients already",
          "remaining connection slots are reserved for non-replication superuser connections",
          "remaining connection slots are reserved for roles with the SUPERUSER attribute",
          "too many connections for role \"joust_django\"", "words of a version to come"}) {
        const LogFindings findings = find(fmt::format("{}FATAL:  {}\n", k_refused, words));
        EXPECT_EQ(findings.refused_connections, 1U) << words;
        EXPECT_EQ(findings.refusal, words);
    }
    EXPECT_EQ(find("2026-03-01 12:00:00.123 UTC [42] 53300 FATAL:  sorry\n").refused_connections, 1U)
        << "before the connection has a user";
    EXPECT_EQ(find("2026-03-01 12:00:00.123 UTC [42] 28P01 a@b FATAL:  too many connections for role\n")
                  .refused_connections,
              0U);
}

TEST_F(PostgresLog, TakesOnlyTheLineOfTheRefusalForOne) {
    for (const char* line :
         {"DETAIL:  FATAL:  sorry", "STATEMENT:  SELECT 'FATAL:  sorry'", "ERROR:  raised by a user"})
        EXPECT_EQ(find(fmt::format("{}{}\n", k_refused, line)).refused_connections, 0U) << line;
}

TEST_F(PostgresLog, LooksOnlyAtWhatCameAfterTheMark) {
    const std::string line = fmt::format("{}FATAL:  sorry, too many clients already\n", k_refused);
    EXPECT_EQ(find(line + line, line.size()).refused_connections, 1U);
    EXPECT_EQ(find(line, line.size()).refused_connections, 0U);
}

TEST_F(PostgresLog, KnowsAFullDiskAndACrash) {
    EXPECT_EQ(find("t [1] 53100 ERROR:  could not extend file \"base/5/1\": it is full\n").disk_full,
              "could not extend file \"base/5/1\": it is full");
    EXPECT_EQ(find("t [1] 00000 LOG:  could not write: No space left on device\n").disk_full,
              "could not write: No space left on device");
    EXPECT_EQ(find("t [1] XX000 PANIC:  could not write to file \"pg_wal/x\": Input/output error\n").crash,
              "could not write to file \"pg_wal/x\": Input/output error");
    EXPECT_EQ(find("t [1] 00000 LOG:  server process (PID 9) was terminated by signal 9: Killed\n").crash,
              "server process (PID 9) was terminated by signal 9: Killed");
    const LogFindings quiet = find(
        "t [1] 00000 LOG:  checkpoint complete\n"
        "t [1] 42601 STATEMENT:  SELECT 'No space left on device', 'PANIC:  '\n"
        "\tt [1] XX000 PANIC:  in the second line of a statement\n");
    EXPECT_FALSE(quiet.disk_full);
    EXPECT_FALSE(quiet.crash) << *quiet.crash;
}

TEST_F(PostgresLog, NamesTheSettingAndItsValueInTheIncident) {
    LogFindings findings;
    EXPECT_TRUE(incidents(findings, "500").empty());
    findings.refused_connections = 1;
    findings.refusal = "sorry, too many clients already";
    const auto found = incidents(findings, "500");
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].kind, model::IncidentKind::database_connections);
    EXPECT_THAT(found[0].text, HasSubstr("refused 1 connection ("));
    EXPECT_THAT(found[0].text, HasSubstr("max_connections is 500"));
    EXPECT_THAT(found[0].text, HasSubstr("database.settings.max_connections"));
}

TEST_F(PostgresLog, FindsNothingInALogThatIsNotThere) {
    EXPECT_EQ(read_log(directory_.path() / "none", 0).refused_connections, 0U);
}

}  // namespace
}  // namespace joust::database
