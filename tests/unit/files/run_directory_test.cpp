#include "files/run_directory.hpp"

#include <gmock/gmock.h>
#include <unistd.h>

#include <fstream>

#include "support/small_disk.hpp"
#include "support/synthetic_trials.hpp"

namespace joust::files {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class ARun : public ::testing::Test {
protected:
    ARun() : results_(Path(::testing::TempDir()) / fmt::format("joust-results-{}", ::getpid())) {}
    void SetUp() override { fs::remove_all(results_); }
    void TearDown() override { fs::remove_all(results_); }
    // Written as far as its first trial.
    Path begun() const {
        auto run = RunDirectory::create(results_, benchmark_.name, WallTime{});
        EXPECT_TRUE(run && run->write(benchmark_) && run->write(workload_));
        EXPECT_TRUE(run->write(joust::testing::synthetic_environment(benchmark_)));
        EXPECT_TRUE(run->append(trial(0)));
        return run->path();
    }
    model::TrialResult trial(int index) const {
        return joust::testing::synthetic_trial(benchmark_, {index, 0, 4, 0, "django"}, {});
    }

    const Path results_;
    const model::Benchmark benchmark_ = joust::testing::benchmark_of({"fastapi", "django"}, {4}, 1);
    const model::Workload workload_{
        .name = "w", .title = "W", .description = "", .operations = {{.name = "o", .route = "r"}}};
};

TEST_F(ARun, ReadsBackAsItWasWritten) {
    const auto run = RunDirectory::open(begun());
    ASSERT_TRUE(run) << run.error().message;
    Diagnostics diagnostics;
    EXPECT_EQ(run->read_benchmark(diagnostics), benchmark_);
    EXPECT_EQ(run->read_workload(diagnostics), workload_);
    EXPECT_TRUE(diagnostics.empty());
    EXPECT_EQ(run->read_environment().value(), joust::testing::synthetic_environment(benchmark_));
    EXPECT_EQ(run->read_trials()->trials, std::vector{trial(0)});
}

TEST_F(ARun, GoesOnAfterItsLastWholeTrial) {
    const Path path = begun();
    std::ofstream(path / k_trials_file, std::ios::app) << "{\"schema_version\": 1, \"ind";
    {
        auto run = RunDirectory::resume(results_ / "latest");
        ASSERT_TRUE(run) << run.error().message;
        EXPECT_EQ(run->read_trials()->trials.size(), 1U);
        ASSERT_TRUE(run->append(trial(1)));
        EXPECT_TRUE(fs::is_directory(run->logs()));
    }
    const auto stored = RunDirectory::open(path)->read_trials();
    ASSERT_TRUE(stored) << stored.error().message;
    EXPECT_EQ(stored->trials, (std::vector{trial(0), trial(1)}));
    EXPECT_FALSE(stored->torn);
    EXPECT_EQ(fs::read_symlink(results_ / "latest"), path.filename());
}

TEST_F(ARun, LeavesNothingOnADiskWithoutRoomForIt) {
    int refused = 0;
    for (int inodes = 1; inodes < 20; ++inodes) {  // each has room for one thing more
        const test::SmallDisk disk(fmt::format("nr_inodes={}", inodes));
        if (RunDirectory::create(disk.path() / "of/today", benchmark_.name, WallTime{})) break;
        ++refused;
        EXPECT_TRUE(fs::is_empty(disk.path())) << inodes << " inodes";
    }
    EXPECT_GE(refused, 6) << "two folders above it, its own, two in it and a file";
}

// A disk that is not mounted, for example: nothing was made there, so nothing is removed.
TEST_F(ARun, LeavesALinkThatLeadsNowhereAsItIs) {
    fs::create_directories(results_.parent_path());
    fs::create_symlink("/nowhere/of/joust", results_);
    for (const fs::path& asked : {results_, results_ / "of/today"}) {
        EXPECT_FALSE(RunDirectory::create(asked, benchmark_.name, WallTime{}));
        EXPECT_TRUE(fs::is_symlink(results_)) << asked;
    }
    fs::remove(results_);
}

TEST_F(ARun, LeavesNothingOfItselfThatIsRemoved) {
    {
        const auto run = RunDirectory::create(results_ / "of/today", benchmark_.name, WallTime{});
        ASSERT_TRUE(run && run->write(benchmark_) && run->write(workload_));
        {
            const std::ofstream silent(run->logs() / "a.log");
        }
        EXPECT_FALSE(run->has_logs()) << "nobody has printed anything";
        std::ofstream(run->logs() / "b.log") << "my last words";
        EXPECT_TRUE(run->has_logs());
        ASSERT_TRUE(run->remove());
    }
    EXPECT_FALSE(fs::exists(results_)) << "what was made for it goes with it";
    const Path kept = begun();
    const auto run = RunDirectory::create(results_, benchmark_.name, WallTime{});
    ASSERT_TRUE(run && run->remove());
    EXPECT_TRUE(fs::exists(kept / k_trials_file));
    EXPECT_FALSE(fs::exists(run->path()));
    fs::remove_all(results_);
    fs::create_directories(results_);
    ASSERT_TRUE(RunDirectory::create(results_, benchmark_.name, WallTime{})->remove());
    EXPECT_TRUE(fs::is_empty(results_)) << "it was there before";
}

TEST_F(ARun, IsNoDirectoryOfSomethingElse) {
    fs::create_directories(results_);
    for (const auto& run : {RunDirectory::open(results_), RunDirectory::resume(results_)}) {
        ASSERT_FALSE(run);
        EXPECT_EQ(run.error().kind, ErrorKind::bad_input);
        EXPECT_THAT(run.error().message, HasSubstr("is no run's directory: it has no benchmark.toml"));
    }
}

}  // namespace
}  // namespace joust::files
