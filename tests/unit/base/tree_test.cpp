// Trees that somebody else wrote, who may have wanted that nobody can remove them or that more goes with
// them.
#include "base/tree.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <fstream>
#include <thread>

namespace joust {
namespace {

namespace fs = std::filesystem;

class TreeTest : public testing::Test {
protected:
    // In memory, where thousands of directories cost no time.
    TreeTest() {
        std::string name = "/dev/shm/joust-tree-XXXXXX";
        if (!::mkdtemp(name.data())) std::abort();
        place = name;
        top = place / "top";
        fs::create_directory(top);
    }
    ~TreeTest() override { static_cast<void>(remove_tree(place)); }

    static void write(const Path& path) { std::ofstream(path) << "content"; }
    // Deeper than any path can be long.
    static void nest(const Path& where, int depth) {
        Fd here(::open(where.c_str(), O_RDONLY | O_DIRECTORY));
        for (int level = 0; level < depth; ++level) {
            ASSERT_EQ(::mkdirat(here.get(), "nested", 0755), 0);
            here = Fd(::openat(here.get(), "nested", O_RDONLY | O_DIRECTORY));
            ASSERT_TRUE(here);
        }
        const Fd file(::openat(here.get(), "deepest", O_WRONLY | O_CREAT, 0644));
        ASSERT_TRUE(file);
    }

    Path place;
    Path top;
};

TEST_F(TreeTest, TwentyThousandNestedDirectoriesAreCountedAndRemoved) {
    nest(top, 20'000);
    EXPECT_EQ(count_files(top), 1U);
    const Status removed = remove_tree(top);
    EXPECT_TRUE(removed) << removed.error().message;
    EXPECT_FALSE(fs::exists(top));
}

TEST_F(TreeTest, FilesAndFoldersOfManyNamesAreAllRemoved) {
    for (const char* name : {"a", "b", "c"}) {
        fs::create_directories(top / name / "x" / "y");
        fs::create_directories(top / name / "z");
        write(top / name / "x" / "file");
        write(top / name / "x" / "y" / ".hidden");
    }
    write(top / "line\nbreak");
    EXPECT_EQ(count_files(top), 7U);
    ASSERT_TRUE(remove_tree(top));
    EXPECT_TRUE(fs::is_empty(place));
}

TEST_F(TreeTest, LinksAreRemovedAndNotFollowed) {
    fs::create_directory(place / "outside");
    write(place / "outside" / "kept");
    fs::create_directory_symlink(place / "outside", top / "link");
    fs::create_symlink(place / "outside" / "kept", top / "file");
    ASSERT_TRUE(remove_tree(top));
    EXPECT_FALSE(fs::exists(top));
    EXPECT_TRUE(fs::exists(place / "outside" / "kept"));
}

TEST_F(TreeTest, ALinkInPlaceOfTheTreeIsRemovedAlone) {
    write(top / "kept");
    fs::create_directory_symlink(top, place / "link");
    ASSERT_TRUE(remove_tree(place / "link"));
    EXPECT_FALSE(fs::is_symlink(place / "link"));
    EXPECT_TRUE(fs::exists(top / "kept"));
    EXPECT_EQ(count_files(place / "link"), 0U);
}

TEST_F(TreeTest, WhatIsNotThereIsFineAndAFileIsRemoved) {
    EXPECT_TRUE(remove_tree(place / "nothing"));
    EXPECT_TRUE(remove_tree(place / "no" / "such"));
    write(place / "file");
    EXPECT_TRUE(remove_tree(place / "file"));
    EXPECT_FALSE(fs::exists(place / "file"));
    EXPECT_TRUE(remove_tree(top / ""));
    EXPECT_FALSE(fs::exists(top));
}

// As another user, since root may read everything.
TEST_F(TreeTest, FoldersWithoutAnyRightsAreRemovedByTheirOwner) {
    constexpr uid_t somebody = 54321;
    fs::permissions(place, fs::perms(0777));
    ASSERT_EXIT(
        {
            if (::geteuid() == 0 && (::setgid(somebody) != 0 || ::setuid(somebody) != 0)) ::_exit(2);
            fs::create_directories(place / "mine" / "closed" / "inner");
            write(place / "mine" / "closed" / "file");
            ::chmod((place / "mine" / "closed").c_str(), 0);
            ::chmod((place / "mine").c_str(), 0);
            ::_exit(remove_tree(place / "mine") && !fs::exists(place / "mine") ? 0 : 1);
        },
        testing::ExitedWithCode(0), "");
}

TEST_F(TreeTest, AMovedDirectoryDoesNotLeadOutOfTheTree) {
    fs::create_directory(place / "outside");
    write(place / "outside" / "kept");
    for (int i = 0; i < 200; ++i)
        fs::create_directories(top / "a" / std::to_string(i) / "b" / "c");
    std::atomic<bool> done = false;
    // What an attacker would do: directories leave the tree while the walk is inside them.
    std::thread mover([&] {
        for (int i = 0; !done; i = (i + 1) % 200) {
            const Path inner = top / "a" / std::to_string(i) / "b";
            ::rename(inner.c_str(), (place / "outside" / "b").c_str());
            ::rename((place / "outside" / "b").c_str(), inner.c_str());
        }
    });
    [[maybe_unused]] const Status first = remove_tree(top);
    done = true;
    mover.join();
    const Status removed = remove_tree(top);
    EXPECT_TRUE(removed) << removed.error().message;
    EXPECT_FALSE(fs::exists(top));
    EXPECT_TRUE(fs::exists(place / "outside" / "kept"));
}

}  // namespace
}  // namespace joust
