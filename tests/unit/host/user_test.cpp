#include "host/user.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <thread>

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

uid_t owner_of(const Path& path) {
    struct stat info{};
    return ::lstat(path.c_str(), &info) == 0 ? info.st_uid : 12345U;
}

TEST(GiveTo, TheOwnerOfAFolderGetsWhatRootMadeInIt) {
    ASSERT_EQ(::geteuid(), 0U) << "this test needs root";
    const TempDirectory place;
    const Path made = place.write("run/report", "");
    const Path run = place.path() / "run";
    ASSERT_TRUE(give_to_owner_of_parent(run));
    EXPECT_EQ(owner_of(made), 0U) << "inside root's own folder";
    const User user = must(unprivileged_user());
    ASSERT_EQ(::chown(place.path().c_str(), user.uid, user.gid), 0);
    std::filesystem::create_directory_symlink(run, place.path() / "latest");
    ASSERT_TRUE(give_to_owner_of_parent(place.path() / "latest")) << "as the user names it";
    EXPECT_EQ(owner_of(made), user.uid);
    EXPECT_EQ(owner_of(run), user.uid);
    EXPECT_EQ(owner_of(place.path() / "latest"), 0U);
    EXPECT_FALSE(give_to_owner_of_parent(place.path() / "none"));
}

TEST(GiveTo, ADirectoryOfTheirOwnGivesAUserNothingOfRoots) {
    ASSERT_EQ(::geteuid(), 0U) << "this test needs root";
    const TempDirectory place;
    const Path secret = place.write("run/secret", "");
    const User user = must(unprivileged_user());
    for (const Path& path : {place.path(), place.path() / "run"})
        ASSERT_EQ(::chown(path.c_str(), user.uid, user.gid), 0);
    ASSERT_TRUE(give_to_owner_of_parent(place.path() / "run"));
    EXPECT_EQ(owner_of(secret), 0U);
}

TEST(GiveTo, ALinkedDirectoryOfRootsStaysRoots) {
    ASSERT_EQ(::geteuid(), 0U) << "this test needs root";
    const TempDirectory roots;
    const Path precious = roots.write("etc/precious", "");
    const TempDirectory place;
    const User user = must(unprivileged_user());
    ASSERT_EQ(::chown(place.path().c_str(), user.uid, user.gid), 0);
    std::filesystem::create_directory_symlink(roots.path() / "etc", place.path() / "run");
    ASSERT_TRUE(give_to_owner_of_parent(place.path() / "run"));
    EXPECT_EQ(owner_of(precious), 0U) << "the real parent is root's";
    ASSERT_TRUE(give_to(user, place.path() / "run"));
    EXPECT_EQ(owner_of(place.path() / "run"), user.uid) << "the link itself";
    EXPECT_EQ(owner_of(precious), 0U);
}

TEST(GiveTo, LeavesFilesOfOthersAndThoseWithSeveralNames) {
    ASSERT_EQ(::geteuid(), 0U) << "this test needs root";
    const TempDirectory place;
    const Path foreign = place.write("tree/foreign", "");
    const Path plain = place.write("tree/plain", "");
    const Path elsewhere = place.write("roots", "");
    ASSERT_EQ(::chown(foreign.c_str(), 4711, 4711), 0);
    std::filesystem::create_hard_link(elsewhere, place.path() / "tree/second");
    const User user = must(unprivileged_user());
    ASSERT_TRUE(give_to(user, place.path() / "tree"));
    EXPECT_EQ(owner_of(plain), user.uid);
    EXPECT_EQ(owner_of(foreign), 4711U);
    EXPECT_EQ(owner_of(elsewhere), 0U);
}

// Somebody swaps a directory for a link to one of root's, again and again, while the tree is given away.
TEST(GiveTo, IsNotLedElsewhereByADirectoryThatIsSwapped) {
    ASSERT_EQ(::geteuid(), 0U) << "this test needs root";
    const TempDirectory roots;
    for (int i = 0; i < 300; ++i)
        roots.write(fmt::format("precious/{}", i), "");
    const TempDirectory place;
    for (int i = 0; i < 50; ++i)
        place.write(fmt::format("tree/swapped/{}", i), "");
    const Path swapped = place.path() / "tree/swapped";
    const Path link = place.path() / "link";
    std::filesystem::create_directory_symlink(roots.path() / "precious", link);
    std::atomic<bool> done = false;
    std::thread attacker([&] {
        while (!done)
            ::renameat2(AT_FDCWD, swapped.c_str(), AT_FDCWD, link.c_str(), RENAME_EXCHANGE);
    });
    const User user = must(unprivileged_user());
    for (int i = 0; i < 200; ++i)
        EXPECT_TRUE(give_to(user, place.path() / "tree"));
    done = true;
    attacker.join();
    for (const auto& entry : std::filesystem::directory_iterator(roots.path() / "precious"))
        EXPECT_EQ(owner_of(entry.path()), 0U);
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
