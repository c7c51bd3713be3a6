#include "host/user.hpp"

#include <sys/stat.h>

#include <algorithm>

#include "support.hpp"

namespace joust::host {
namespace {

using namespace joust::test;

TEST(User, ForRootTheUnprivilegedUserIsASystemUserWhoCannotLogIn) {
    ASSERT_EQ(::geteuid(), 0U) << "this test needs root";
    const User user = must(unprivileged_user());
    EXPECT_EQ(user.name, "joust");
    EXPECT_NE(user.uid, 0U);
    EXPECT_NE(user.gid, 0U);
    EXPECT_EQ(std::count(user.groups.begin(), user.groups.end(), 0U), 0);
    const std::string entry = must(run_program(shell("getent passwd joust"), 10s));
    EXPECT_NE(entry.find(":/usr/sbin/nologin"), std::string::npos) << entry;
    EXPECT_EQ(must(unprivileged_user()), user) << "found again, not made anew";
}

TEST(User, TheCurrentOneIsWhatIdSays) {
    EXPECT_EQ(must(run_program(shell("id -un"), 10s)), current_user().name + "\n");
}

TEST(User, UnknownOnesAreAnError) {
    const Result<User> user = find_user("no-such-user");
    ASSERT_FALSE(user);
    EXPECT_NE(user.error().message.find("no-such-user"), std::string::npos);
}

TEST(GiveTo, TheOwnerOfAFolderGetsWhatRootMadeInIt) {
    ASSERT_EQ(::geteuid(), 0U) << "this test needs root";
    const TempDirectory place;
    const Path made = place.write("run/report", "");
    const auto owner = [&made] {
        struct stat info{};
        return ::stat(made.c_str(), &info) == 0 ? info.st_uid : 12345U;
    };
    ASSERT_TRUE(give_to_owner_of(place.path(), place.path() / "run"));
    EXPECT_EQ(owner(), 0U);
    const User user = must(unprivileged_user());
    ASSERT_EQ(::chown(place.path().c_str(), user.uid, user.gid), 0);
    ASSERT_TRUE(give_to_owner_of(place.path(), place.path() / "run"));
    EXPECT_EQ(owner(), user.uid);
    EXPECT_FALSE(give_to_owner_of(place.path() / "none", made));
}

TEST(GiveTo, GivesATreeButNotWhatItsLinksPointTo) {
    ASSERT_EQ(::geteuid(), 0U) << "this test needs root";
    const TempDirectory elsewhere;
    const Path outside = elsewhere.write("outside", "");
    const TempDirectory place;
    const Path inside = place.write("a/b", "");
    std::filesystem::create_symlink(outside, place.path() / "a/link");
    const User user = must(unprivileged_user());
    ASSERT_TRUE(give_to(user, place.path()));
    const auto owner = [](const Path& path) {
        struct stat info{};
        return ::stat(path.c_str(), &info) == 0 ? info.st_uid : 12345U;
    };
    EXPECT_EQ(owner(inside), user.uid);
    EXPECT_EQ(owner(place.path()), user.uid);
    EXPECT_EQ(owner(outside), 0U);
}

}  // namespace
}  // namespace joust::host
