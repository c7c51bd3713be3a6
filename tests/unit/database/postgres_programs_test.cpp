#include "database/postgres_programs.hpp"

#include <gmock/gmock.h>

#include "unit/host/support.hpp"

namespace joust::database {
namespace {

void install(const test::TempDirectory& root, const std::string& version) {
    root.write(version + "/bin/initdb", "");
    root.write(version + "/bin/postgres", "");
}

TEST(PostgresPrograms, TakesTheNewestThatIsInstalled) {
    const test::TempDirectory root;
    install(root, "15");
    EXPECT_EQ(find_postgres_programs(root.path()).value(), root.path() / "15/bin");
    install(root, "9.6");
    install(root, "17");
    EXPECT_EQ(find_postgres_programs(root.path()).value(), root.path() / "17/bin");
    install(root, "100");
    EXPECT_EQ(find_postgres_programs(root.path()).value(), root.path() / "100/bin");
    root.write("101/bin/psql", "");  // the client package alone
    EXPECT_EQ(find_postgres_programs(root.path()).value(), root.path() / "100/bin");
}

TEST(PostgresPrograms, SaysWhatToInstall) {
    const test::TempDirectory root;
    install(root, "14");
    root.write("15/bin/psql", "");  // the client package alone
    const auto found = find_postgres_programs(root.path());
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().kind, ErrorKind::unsupported);
    EXPECT_THAT(found.error().message, ::testing::EndsWith("apt-get install postgresql"));
    EXPECT_FALSE(find_postgres_programs(root.path() / "nowhere"));
}

}  // namespace
}  // namespace joust::database
