#include "cli/cleaning.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/file.h>

#include "deploy/venv.hpp"
#include "host/run_state.hpp"
#include "unit/host/support.hpp"

namespace joust::cli {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class CleanState : public testing::Test {
protected:
    CleanState() {
        fs::create_directories(root);
        EXPECT_TRUE(host::mark_state_root(root));
    }
    Path environment(const std::string& name) const {
        place.write("state/venvs/" + name + "/bin/python", "");
        place.write("state/venvs/" + name + ".ready", "");
        place.write("state/venvs/" + name + ".lock", "");
        return root / "venvs" / name;
    }
    [[nodiscard]] bool whole(const Path& venv) const {
        return fs::exists(venv / "bin/python") && fs::exists(deploy::ready_mark(venv)) &&
               fs::exists(deploy::lock_file(venv));
    }
    void dead_run(const std::string& id, const Path& left) const {
        place.write("state/runs/" + id + "/data", "");
        place.write("state/runs/" + id + ".journal", "path " + left.string() + "\n");
        place.write("state/runs/" + id + ".lock", "");
    }

    const test::TempDirectory place;
    const Path root = place.path() / "state";
    const std::string venv_name = "django-0123456789abcdef";
};

TEST_F(CleanState, removes_environments_and_what_dead_runs_left_and_then_the_root) {
    const Path venv = environment(venv_name);
    place.write("state/venvs/half-00000000000000aa/bin/python", "");  // its set-up was killed
    const Path left = place.write("left", "");
    dead_run("20260101T000000Z-1", left);
    const Cleaning done = clean_state(root, false);
    EXPECT_THAT(done.removed,
                ElementsAre("what the dead run 20260101T000000Z-1 left", "environment " + venv.string(),
                            "environment " + (root / "venvs/half-00000000000000aa").string(),
                            "directory " + root.string()));
    EXPECT_THAT(done.left, IsEmpty());
    EXPECT_THAT(done.failures, IsEmpty());
    EXPECT_FALSE(fs::exists(root));
    EXPECT_FALSE(fs::exists(left));
}

TEST_F(CleanState, a_dry_run_tells_the_same_and_changes_nothing) {
    const Path venv = environment(venv_name);
    const Path left = place.write("left", "");
    dead_run("20260101T000000Z-1", left);
    const Cleaning told = clean_state(root, true);
    EXPECT_THAT(told.removed,
                ElementsAre("what the dead run 20260101T000000Z-1 left", "environment " + venv.string()));
    EXPECT_TRUE(whole(venv));
    EXPECT_TRUE(fs::exists(left));
    EXPECT_TRUE(fs::exists(root / "runs/20260101T000000Z-1.lock"));
}

TEST_F(CleanState, what_a_living_run_uses_stays_until_it_has_ended) {
    const Path used = environment(venv_name);
    const Path other = environment("fastapi-0123456789abcdef");
    {
        host::RunState run = test::must(host::RunState::create(root));
        ASSERT_TRUE(run.record_use(used));
        const Cleaning done = clean_state(root, false);
        EXPECT_THAT(done.left, ElementsAre("run " + run.id() + ": it is alive",
                                           "environment " + used.string() + ": a living run uses it"));
        EXPECT_THAT(done.removed, ElementsAre("environment " + other.string()));
        EXPECT_TRUE(whole(used));
        EXPECT_TRUE(fs::exists(run.directory()));
    }
    clean_state(root, false);
    EXPECT_FALSE(fs::exists(root));
}

TEST_F(CleanState, an_environment_that_is_being_made_stays) {
    const Path venv = environment(venv_name);
    const auto held = test::must(deploy::lock_venv(venv));
    ASSERT_TRUE(held);
    EXPECT_THAT(clean_state(root, false).left,
                testing::Contains("environment " + venv.string() + ": it is being set up"));
    EXPECT_TRUE(whole(venv));
}

TEST_F(CleanState, a_lock_that_was_removed_with_its_environment_is_worth_nothing) {
    const Path venv = environment(venv_name);
    clean_state(root, false);
    fs::create_directories(venv.parent_path());
    const auto held = test::must(deploy::lock_venv(venv));
    ASSERT_TRUE(held);
    EXPECT_TRUE(fs::exists(deploy::lock_file(venv)));
    EXPECT_FALSE(test::must(deploy::lock_venv(venv))) << "whoever comes next has to find this one";
}

TEST_F(CleanState, what_runs_did_not_make_stays_and_is_named) {
    environment(venv_name);
    place.write("state/venvs/mine/file", "");
    place.write("state/results/trials.jsonl", "");
    const Cleaning done = clean_state(root, false);
    EXPECT_THAT(done.left, ElementsAre(HasSubstr((root / "results").string() + ":"),
                                       HasSubstr((root / "venvs").string() + ":")));
    EXPECT_TRUE(fs::exists(root / "venvs/mine/file"));
    EXPECT_TRUE(fs::exists(root / "results/trials.jsonl"));
    EXPECT_TRUE(host::check_state_root(root)) << "it stays marked";
}

TEST_F(CleanState, the_user_the_results_and_the_packages_are_named_as_what_stays) {
    const std::vector<std::string> lines = what_stays(root);
    EXPECT_THAT(lines, testing::Contains(HasSubstr("results of runs")));
    EXPECT_THAT(lines, testing::Contains(HasSubstr("apt-get purge joust")));
}

}  // namespace
}  // namespace joust::cli
