// The folder of a run while its owner, who is not the caller, changes it.
#include "files/run_directory.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "host/bounded_log.hpp"
#include "runtime/log_text.hpp"

namespace joust::experiment {
namespace {

namespace fs = std::filesystem;

class LogsOfARun : public ::testing::Test {
protected:
    LogsOfARun() : place_(Path(::testing::TempDir()) / fmt::format("joust-logs-{}", ::getpid())) {
        fs::remove_all(place_);
        fs::create_directories(place_ / "elsewhere");
    }
    ~LogsOfARun() override {
        std::error_code ignored;
        fs::remove_all(place_, ignored);
    }
    static void print(const Path& log, std::string_view text) {
        auto output = host::BoundedLog::open(log, std::nullopt);
        ASSERT_TRUE(output) << output.error().message;
        ASSERT_EQ(::write((*output)->input(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
        (*output)->end_section();
    }
    Path place_;
};

TEST_F(LogsOfARun, go_nowhere_else_when_their_folder_is_swapped_for_a_link) {
    auto run = files::RunDirectory::create(place_ / "results", "b", WallTime{});
    ASSERT_TRUE(run) << run.error().message;
    fs::rename(run->path() / "logs", run->path() / "moved");
    fs::create_directory_symlink(place_ / "elsewhere", run->path() / "logs");
    print(run->logs() / "a.log", "hello\n");
    EXPECT_TRUE(fs::is_empty(place_ / "elsewhere"));
    EXPECT_EQ(runtime::log_text(run->logs() / "a.log", 0), "hello\n");
    EXPECT_EQ(runtime::shown_path(run->logs() / "a.log"), run->path() / "moved/a.log");
}

TEST_F(LogsOfARun, are_not_read_through_links_nor_waited_for) {
    auto run = files::RunDirectory::create(place_ / "results", "b", WallTime{});
    ASSERT_TRUE(run) << run.error().message;
    ASSERT_TRUE(write_atomically(place_ / "elsewhere/secret", "of root's"));
    fs::create_symlink(place_ / "elsewhere/secret", run->path() / "logs/a.log");
    ASSERT_EQ(::mkfifo((run->path() / "logs/b.log").c_str(), 0600), 0);
    for (const char* name : {"a.log", "b.log"}) {
        EXPECT_EQ(runtime::log_text(run->logs() / name, 0), "") << name;
        EXPECT_EQ(runtime::log_size(run->logs() / name), 0U) << name;
    }
}

}  // namespace
}  // namespace joust::experiment
