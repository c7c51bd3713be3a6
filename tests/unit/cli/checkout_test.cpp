#include "cli/checkout.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

#include "host/process.hpp"

namespace joust::cli {
namespace {

namespace fs = std::filesystem;

// A repository with one commit; what a stranger makes git run would leave the file "run".
class Checkout : public testing::Test {
protected:
    void SetUp() override {
        std::string name = (fs::temp_directory_path() / "joust-checkout-XXXXXX").string();
        ASSERT_NE(::mkdtemp(name.data()), nullptr);
        root_ = name;
        ASSERT_EQ(::chmod(root_.c_str(), 0777), 0);
        fs::create_directories(tree() / "inner");
        std::ofstream(tree() / "file") << "a\n";
        git("init -q . && git add file && git -c user.name=a -c user.email=a@b commit -qm a");
        std::ofstream(root_ / "tool") << "#!/bin/sh\nid -un >>" << proof().string() << "\ncat\n";
        ASSERT_EQ(::chmod((root_ / "tool").c_str(), 0755), 0);
    }
    void TearDown() override { fs::remove_all(root_); }

    [[nodiscard]] Path tree() const { return root_ / "tree"; }
    [[nodiscard]] Path tool() const { return root_ / "tool"; }
    [[nodiscard]] Path proof() const { return root_ / "run"; }
    std::string git(const std::string& command) const {
        const auto printed =
            host::run_program({.command = {"/bin/sh", "-c", "git " + command},
                               .environment = {{"PATH", "/usr/bin:/bin"}, {"HOME", "/nonexistent"}},
                               .directory = tree()},
                              std::chrono::seconds(20));
        EXPECT_TRUE(printed) << printed.error().message;
        return printed.value_or("");
    }
    // Everything that makes git run a program while it looks at a tree.
    void make_hostile() const {
        const std::string program = tool().string();
        git("config core.fsmonitor " + program);
        git("config core.hooksPath " + root_.string());
        git("config core.pager " + program);
        git("config diff.external " + program);
        git("config filter.evil.clean " + program);
        git("config filter.evil.process " + program);
        git("config filter.evil.required true");
        git("config 'filter.a=b.clean' " + program);
        git("config core.sshCommand " + program);
        std::ofstream(tree() / ".gitattributes") << "file filter=evil\nother filter=a=b\n";
        std::ofstream(tree() / "file") << "a\n";  // newer than the index: git reads it through the filter
        std::ofstream(tree() / "other") << "b\n";
    }
    void give_to(uid_t uid) const {
        ASSERT_EQ(::chown(tree().c_str(), uid, uid), 0);
        for (const auto& entry : fs::recursive_directory_iterator(tree()))
            ASSERT_EQ(::lchown(entry.path().c_str(), uid, uid), 0);
    }

private:
    Path root_;
};

constexpr uid_t k_stranger = 65534;

TEST_F(Checkout, says_commit_and_changes) {
    const std::string commit = git("rev-parse HEAD");
    EXPECT_EQ(git_commit(tree()) + "\n", commit);
    EXPECT_EQ(git_commit(tree() / "inner") + "\n", commit) << "of the tree that it lies in";
    EXPECT_FALSE(git_dirty(tree()));
    std::ofstream(tree() / "new") << "b";
    EXPECT_TRUE(git_dirty(tree()));
    EXPECT_EQ(git_commit("/"), "");
    EXPECT_FALSE(git_dirty("/"));
}

TEST_F(Checkout, runs_no_program_that_the_tree_names) {
    const std::string commit = git("rev-parse HEAD");
    make_hostile();
    EXPECT_EQ(git_commit(tree()) + "\n", commit);
    EXPECT_TRUE(git_dirty(tree()));
    EXPECT_FALSE(fs::exists(proof())) << *read_file(proof());
}

TEST_F(Checkout, of_a_stranger_is_read_by_root_as_that_stranger) {
    ASSERT_EQ(::geteuid(), 0U) << "this test needs root";
    const std::string commit = git("rev-parse HEAD");
    make_hostile();
    give_to(k_stranger);
    EXPECT_EQ(git_commit(tree()) + "\n", commit);
    EXPECT_TRUE(git_dirty(tree()));
    EXPECT_FALSE(fs::exists(proof())) << *read_file(proof());
    // A file that only root can read tells who reads.
    std::ofstream(tree() / ".git/HEAD") << "ref: refs/heads/secret\n";
    ASSERT_EQ(::lchown((tree() / ".git/HEAD").c_str(), 0, 0), 0);
    ASSERT_EQ(::chmod((tree() / ".git/HEAD").c_str(), 0600), 0);
    EXPECT_EQ(git_commit(tree()), "");
}

TEST_F(Checkout, with_a_commit_of_strange_form_has_none) {
    std::ofstream(tree() / ".git/HEAD") << "; rm -rf ~\n";
    EXPECT_EQ(git_commit(tree()), "");
}

}  // namespace
}  // namespace joust::cli
