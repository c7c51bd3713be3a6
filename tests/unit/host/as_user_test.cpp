#include "host/as_user.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "support.hpp"

namespace joust::host {
namespace {

using namespace joust::test;
using ::testing::HasSubstr;

User somebody() {
    return {.name = "somebody", .uid = 54321, .gid = 54321, .groups = {54321}};
}

TEST(RunAs, TheWorkIsDoneAsThatUserWithoutAWayBack) {
    ASSERT_EQ(::geteuid(), 0U) << "this test needs root";
    const auto told = run_as(somebody(), 10s, []() -> Result<std::string> {
        gid_t groups[8] = {};
        const int count = ::getgroups(8, groups);
        return fmt::format("{} {} {} {} {} back {}", ::getuid(), ::geteuid(), ::getegid(), count, groups[0],
                           ::setuid(0) == 0 || ::prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1);
    });
    ASSERT_TRUE(told) << told.error().message;
    EXPECT_EQ(*told, "54321 54321 54321 1 54321 back false");
    EXPECT_EQ(::geteuid(), 0U);
}

TEST(RunAs, NoDescriptorOfRootsGoesWithIt) {
    const TempDirectory place;
    const Fd open(::open(place.write("secret", "x").c_str(), O_RDONLY));
    const auto told = run_as(somebody(), 10s, []() -> Result<std::string> {
        std::string links;
        for (int number = 0; number < 64; ++number) {
            std::error_code none;
            links +=
                std::filesystem::read_symlink(fmt::format("/proc/self/fd/{}", number), none).string() + " ";
        }
        return links;
    });
    ASSERT_TRUE(told) << told.error().message;
    EXPECT_THAT(*told, HasSubstr("/dev/null /dev/null /dev/null pipe:"));
    EXPECT_EQ(told->find("secret"), std::string::npos) << *told;
}

TEST(RunAs, ErrorsComeBackAsTheyAre) {
    const auto told = run_as(current_user(), 10s, []() -> Result<std::string> {
        return fail(ErrorKind::database, "line one\nline two");
    });
    ASSERT_FALSE(told);
    EXPECT_EQ(told.error(), (Error{ErrorKind::database, "line one\nline two"}));
}

TEST(RunAs, IsKilledAtItsLimitAndTellsOnlySoMuch) {
    const TimePoint begin = now();
    const auto late = run_as(current_user(), 100ms, []() -> Result<std::string> {
        for (;;)
            ::pause();
    });
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().kind, ErrorKind::timed_out);
    EXPECT_LT(now() - begin, 10s);
    const auto much = run_as(current_user(), 10s,
                             []() -> Result<std::string> { return std::string(std::size_t{64} << 20, 'x'); });
    EXPECT_FALSE(much);
    const auto dead = run_as(current_user(), 10s, []() -> Result<std::string> { ::_exit(0); });
    EXPECT_FALSE(dead);
}

}  // namespace
}  // namespace joust::host
