#include "base/directory.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

namespace joust {
namespace {

namespace fs = std::filesystem;

// A directory that a stranger filled, and a file of somebody else's outside of it.
class DirectoryTest : public testing::Test {
protected:
    void SetUp() override {
        std::string name = (fs::temp_directory_path() / "joust-directory-XXXXXX").string();
        ASSERT_NE(::mkdtemp(name.data()), nullptr);
        root_ = name;
        fs::create_directory(root_ / "inside");
        std::ofstream(root_ / "victim") << "precious";
    }
    void TearDown() override { fs::remove_all(root_); }

    [[nodiscard]] Path inside(const char* name) const { return root_ / "inside" / name; }
    [[nodiscard]] Path victim() const { return root_ / "victim"; }
    [[nodiscard]] Directory directory() const { return Directory::open(root_ / "inside").value(); }
    [[nodiscard]] Path root() const { return root_; }

private:
    Path root_;
};

constexpr std::size_t k_plenty = 1 << 20;

TEST_F(DirectoryTest, a_link_is_replaced_and_what_it_leads_to_stays) {
    fs::create_symlink(victim(), inside("a.png"));
    ASSERT_TRUE(directory().write("a.png", "new"));
    EXPECT_FALSE(fs::is_symlink(inside("a.png")));
    EXPECT_EQ(directory().read("a.png", k_plenty), "new");
    EXPECT_EQ(read_file(victim()), "precious");
}

TEST_F(DirectoryTest, leaves_no_temporary_file_and_is_not_stopped_by_old_ones) {
    for (const std::string& name : {fmt::format("a.tmp{}", ::getpid()), std::string("a.tmp")})
        fs::create_symlink(victim(), inside(name.c_str()));
    ASSERT_TRUE(directory().write("a", "new"));
    ASSERT_TRUE(write_atomically(inside("a"), "newer"));
    EXPECT_EQ(read_file(victim()), "precious");
    EXPECT_EQ(std::distance(fs::directory_iterator(root() / "inside"), {}), 3);
}

TEST_F(DirectoryTest, reads_regular_files_only_and_of_bounded_length) {
    fs::create_symlink(victim(), inside("link"));
    ASSERT_EQ(::mkfifo(inside("fifo").c_str(), 0600), 0);
    std::ofstream(inside("big")) << "x";
    fs::resize_file(inside("big"), std::uintmax_t{1} << 40);  // sparse
    fs::create_directory(inside("folder"));
    for (const char* name : {"link", "fifo", "big", "folder"}) {
        const auto content = directory().read(name, k_plenty);
        ASSERT_FALSE(content) << name;
        EXPECT_EQ(content.error().kind, ErrorKind::bad_input) << name;
        EXPECT_NE(content.error().message.find(inside(name).string()), std::string::npos);
    }
    EXPECT_EQ(directory().read("nothing", k_plenty).error().kind, ErrorKind::io);
}

TEST_F(DirectoryTest, names_are_never_paths) {
    for (const char* name : {"../victim", "..", ".", "", "a/b", "/etc/passwd"}) {
        EXPECT_FALSE(directory().read(name, k_plenty)) << name;
        EXPECT_FALSE(directory().write(name, "x")) << name;
        EXPECT_FALSE(directory().folder(name)) << name;
        EXPECT_FALSE(directory().make_folder(name)) << name;
    }
    EXPECT_EQ(read_file(victim()), "precious");
}

TEST_F(DirectoryTest, a_folder_that_is_a_link_is_not_entered) {
    fs::create_directory(root() / "outside");
    fs::create_symlink(root() / "outside", inside("figures"));
    EXPECT_FALSE(directory().folder("figures"));
    EXPECT_FALSE(directory().make_folder("figures"));
    ASSERT_TRUE(directory().make_folder("real"));
    EXPECT_TRUE(directory().make_folder("real")->write("a", "b"));
    EXPECT_EQ(read_file(inside("real") / "a"), "b");
}

TEST_F(DirectoryTest, stays_the_same_when_another_takes_its_place) {
    const Directory held = directory();
    fs::rename(root() / "inside", root() / "moved");
    fs::create_directory(root() / "outside");
    fs::create_symlink(root() / "outside", root() / "inside");
    ASSERT_TRUE(held.write("a", "b"));
    EXPECT_FALSE(fs::exists(root() / "outside" / "a"));
    EXPECT_TRUE(fs::exists(root() / "moved" / "a"));
}

TEST_F(DirectoryTest, what_root_writes_belongs_to_the_directorys_owner) {
    ASSERT_EQ(::geteuid(), 0U) << "this test needs root";
    ASSERT_EQ(::chown((root() / "inside").c_str(), 65534, 65534), 0);
    ASSERT_TRUE(directory().write("a", "b"));
    ASSERT_TRUE(directory().make_folder("figures"));
    ASSERT_TRUE(directory().point("latest", "a"));
    for (const char* name : {"a", "figures", "latest"}) {
        struct stat info{};
        ASSERT_EQ(::lstat(inside(name).c_str(), &info), 0);
        EXPECT_EQ(info.st_uid, 65534U) << name;
    }
}

TEST_F(DirectoryTest, points_a_link_elsewhere_in_one_step) {
    ASSERT_TRUE(directory().point("latest", "first"));
    ASSERT_TRUE(directory().point("latest", "second"));
    EXPECT_EQ(fs::read_symlink(inside("latest")), "second");
    EXPECT_EQ(std::distance(fs::directory_iterator(root() / "inside"), {}), 1);
}

TEST_F(DirectoryTest, a_file_that_grows_is_no_link) {
    fs::create_symlink(victim(), inside("trials.jsonl"));
    EXPECT_FALSE(AppendFile::open(inside("trials.jsonl")));
    EXPECT_EQ(read_file(victim()), "precious");
}

TEST_F(DirectoryTest, a_named_file_is_read_through_a_link_but_only_if_regular) {
    fs::create_symlink(victim(), inside("link"));
    EXPECT_EQ(read_regular_file(inside("link"), k_plenty), "precious");
    EXPECT_FALSE(read_regular_file(inside("link"), 3));
    EXPECT_EQ(read_regular_file("/dev/zero", k_plenty).error().kind, ErrorKind::bad_input);
}

}  // namespace
}  // namespace joust
