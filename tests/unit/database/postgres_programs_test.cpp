#include "database/postgres_programs.hpp"

#include <gmock/gmock.h>

#include "unit/host/support.hpp"

namespace joust::database {
namespace {

void install(const test::TempDirectory& root, const std::string& version) {
    root.write(version + "/bin/initdb", "");
    root.write(version + "/bin/postgres", "");
}

TEST(PostgresPrograms, TakesVersion15OrTheNextLater) {
    const test::TempDirectory root;
    install(root, "9.6");
    install(root, "14");
    install(root, "17");
    install(root, "16");
    EXPECT_EQ(find_postgres_programs(root.path()).value(), root.path() / "16/bin");
    install(root, "15");
    EXPECT_EQ(find_postgres_programs(root.path()).value(), root.path() / "15/bin");
}

TEST(PostgresPrograms, SaysWhatToInstall) {
    const test::TempDirectory root;
    install(root, "14");
    root.write("15/bin/psql", "");  // the client package alone
    const auto found = find_postgres_programs(root.path());
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().kind, ErrorKind::unsupported);
    EXPECT_THAT(found.error().message, ::testing::HasSubstr("apt-get install postgresql-15"));
    EXPECT_FALSE(find_postgres_programs(root.path() / "nowhere"));
}

}  // namespace
}  // namespace joust::database
