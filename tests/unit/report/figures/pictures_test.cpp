#include "report/figures/pictures.hpp"

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

#include "base/text.hpp"
#include "host/process.hpp"
#include "report/figures/gnuplot.hpp"
#include "support/rendered.hpp"

namespace joust::report {
namespace {

namespace fs = std::filesystem;

// A folder in which hostile text would leave the file "run", if it were run.
class Pictures : public ::testing::Test {
protected:
    void SetUp() override {
        std::string name = (fs::temp_directory_path() / "joust-drawn-XXXXXX").string();
        ASSERT_NE(::mkdtemp(name.data()), nullptr);
        root_ = name;
        ASSERT_EQ(::chmod(root_.c_str(), 0777), 0);  // whoever draws could write here
        fs::create_directory(root_ / "dir");
    }
    void TearDown() override { fs::remove_all(root_); }

    [[nodiscard]] Path dir() const { return root_ / "dir"; }
    [[nodiscard]] Path proof() const { return root_ / "run"; }
    [[nodiscard]] Status write(const std::vector<Figure>& figures) const {
        return write_pictures(Directory::open(dir()).value(), figures);
    }

private:
    Path root_;
};

Figure figure(const std::string& hostile) {
    return {.name = "a",
            .title = hostile,
            .subtitle = hostile,
            .x = {.label = hostile, .ticks = {{1, hostile}}},
            .y = {.label = hostile},
            .series = {{.label = hostile, .points = {{.x = 1, .y = 2}}}},
            .threshold = Threshold{1, hostile},
            .bands = hostile,
            .doubts = hostile};
}

TEST_F(Pictures, nothing_that_a_name_or_title_holds_is_run) {
    const std::string touch = "touch " + proof().string();
    for (const std::string& hostile : std::vector<std::string>{
             "15\nsystem \"" + touch + "\"\n#", "a'\nsystem '" + touch + "'\n", "`" + touch + "`",
             "' . system('" + touch + "') . '", "'; !" + touch, "\n!" + touch + "\n", "a\\\n!" + touch + "\n",
             "a\\", "@m \" ' \\' \"", std::string("a\0b\r\n", 5), "%s %n $1 {/Bold x} \\n",
             "'<" + touch + "'", std::string(100'000, '\'')}) {
        const Status status = write({figure(hostile)});
        ASSERT_TRUE(status) << hostile << status.error().message;
        EXPECT_FALSE(fs::exists(proof())) << hostile;
        EXPECT_TRUE(fs::exists(dir() / "a.png"));
        // Also for whoever runs the script that is kept there.
        const auto again = host::run_program({.command = {"gnuplot", "a.gp"},
                                              .environment = {{"PATH", "/usr/bin:/bin"}},
                                              .directory = dir() / "figures"},
                                             std::chrono::seconds(20));
        EXPECT_TRUE(again) << again.error().message;
        EXPECT_FALSE(fs::exists(proof())) << hostile;
    }
}

TEST_F(Pictures, no_start_up_file_is_read) {
    std::ofstream(dir() / ".gnuplot") << "system 'touch " << proof().string() << "'\n";
    fs::create_directory(dir() / "figures");
    fs::copy(dir() / ".gnuplot", dir() / "figures/.gnuplot");
    const std::string home = std::getenv("HOME") != nullptr ? std::getenv("HOME") : "";
    ::setenv("HOME", dir().c_str(), 1);
    ::setenv("GNUPLOT_LIB", dir().c_str(), 1);
    const Status status = write({figure("a")});
    ::setenv("HOME", home.c_str(), 1);
    ::unsetenv("GNUPLOT_LIB");
    ASSERT_TRUE(status) << status.error().message;
    EXPECT_FALSE(fs::exists(proof()));
}

TEST_F(Pictures, a_gnuplot_of_the_working_directory_is_not_run) {
    std::ofstream(dir() / "gnuplot") << "#!/bin/sh\ntouch " << proof().string() << "\n";
    ASSERT_EQ(::chmod((dir() / "gnuplot").c_str(), 0755), 0);
    const std::string path = std::getenv("PATH");
    const Path before = fs::current_path();
    fs::current_path(dir());
    ::setenv("PATH", (".::" + path).c_str(), 1);
    const Status status = write({figure("a")});
    ::setenv("PATH", path.c_str(), 1);
    fs::current_path(before);
    ASSERT_TRUE(status) << status.error().message;
    EXPECT_FALSE(fs::exists(proof()));
}

TEST_F(Pictures, links_in_the_directory_lead_nowhere) {
    const Path victim = proof().parent_path() / "victim";
    std::ofstream(victim) << "precious";
    fs::create_symlink(victim, dir() / "a.png");
    fs::create_directory(dir() / "figures");
    fs::create_symlink(victim, dir() / "figures/a.gp");
    fs::create_symlink(victim, dir() / "figures/a.dat");
    ASSERT_TRUE(write({figure("a")}));
    EXPECT_EQ(read_file(victim), "precious");
    EXPECT_TRUE(fs::is_regular_file(fs::symlink_status(dir() / "a.png")));
    fs::remove_all(dir() / "figures");
    fs::create_directory(proof().parent_path() / "outside");
    fs::create_symlink(proof().parent_path() / "outside", dir() / "figures");
    const Status status = write({figure("a")});
    ASSERT_FALSE(status);
    EXPECT_THAT(status.error().message, ::testing::HasSubstr("links are not followed"));
    EXPECT_TRUE(fs::is_empty(proof().parent_path() / "outside"));
}

TEST_F(Pictures, root_draws_as_nobody) {
    ASSERT_EQ(::geteuid(), 0U) << "this test needs root";
    const Path tool = dir() / "gnuplot";
    std::ofstream(tool) << "#!/bin/sh\nid -un >" << proof().string() << "\nulimit -a >>" << proof().string()
                        << "\n";
    ASSERT_EQ(::chmod(tool.c_str(), 0755), 0);
    const std::string path = std::getenv("PATH");
    ::setenv("PATH", (dir().string() + ":" + path).c_str(), 1);
    const Status drawn = write({figure("a")});
    ::setenv("PATH", path.c_str(), 1);
    EXPECT_FALSE(drawn) << "it draws nothing";
    EXPECT_EQ(read_file(proof()).value().substr(0, 7), "nobody\n");
}

TEST(write_report, through_links_of_a_strangers_directory_changes_no_other_file) {
    const testing::Rendered rendered(testing::clear_winner());
    const Path directory = rendered.report().directory;
    const Path victim = directory.string() + "-victim";
    std::ofstream(victim) << "precious";
    for (const char* name : {k_results_file, k_markdown_file, "throughput_vs_concurrency.png"}) {
        fs::create_symlink(victim, directory / name);
        fs::create_symlink(victim, directory / fmt::format("{}.tmp{}", name, ::getpid()));
    }
    ASSERT_TRUE(write_report(rendered.report()));
    EXPECT_EQ(read_file(victim), "precious");
    for (const char* name : {k_results_file, k_markdown_file, "throughput_vs_concurrency.png"})
        EXPECT_FALSE(fs::is_symlink(directory / name)) << name;
    fs::remove(victim);
}

}  // namespace
}  // namespace joust::report
