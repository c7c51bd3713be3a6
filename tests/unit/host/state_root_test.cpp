#include "host/state_root.hpp"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include "host/run_state.hpp"
#include "support.hpp"

namespace joust::host {
namespace {

using namespace joust::test;
using testing::HasSubstr;
namespace fs = std::filesystem;

class CheckStateRoot : public testing::Test {
protected:
    void make_root() const {
        fs::create_directories(root);
        ASSERT_TRUE(mark_state_root(root));
    }
    void expect_refused(const Path& path, const std::string& why) const {
        const Status checked = check_state_root(path);
        ASSERT_FALSE(checked) << why;
        EXPECT_EQ(checked.error().kind, ErrorKind::bad_input);
        EXPECT_THAT(checked.error().message, HasSubstr(path.string() + " " + why));
    }

    const TempDirectory place;
    const Path root = place.path() / "state";
};

TEST_F(CheckStateRoot, one_that_a_run_has_used_is_fine) {
    must(RunState::create(root));
    EXPECT_TRUE(check_state_root(root));
}

TEST_F(CheckStateRoot, one_that_is_not_there_is_fine) {
    EXPECT_TRUE(check_state_root(root));
}

TEST_F(CheckStateRoot, a_directory_without_the_mark_is_somebody_elses) {
    fs::create_directories(root / "venvs");
    expect_refused(root, "has no file joust-state");
    fs::create_symlink("/etc/passwd", state_root_mark(root));
    expect_refused(root, "has no file joust-state");
}

TEST_F(CheckStateRoot, a_symbolic_link_is_refused_wherever_it_leads) {
    make_root();
    fs::create_directory_symlink(root, place.path() / "link");
    expect_refused(place.path() / "link", "is a symbolic link");
}

TEST_F(CheckStateRoot, folders_that_lead_elsewhere_are_refused) {
    make_root();
    fs::create_directories(place.path() / "elsewhere");
    fs::create_directory_symlink(place.path() / "elsewhere", root / "venvs");
    expect_refused(root, "has a venvs that is no directory");
}

TEST_F(CheckStateRoot, one_that_others_may_write_is_refused) {
    make_root();
    ASSERT_EQ(::chmod(root.c_str(), 0777), 0);
    expect_refused(root, "can be written by others");
}

TEST_F(CheckStateRoot, a_file_is_refused) {
    place.write("state", "");
    expect_refused(root, "is no directory");
}

}  // namespace
}  // namespace joust::host
