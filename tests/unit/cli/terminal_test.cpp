// Whatever strangers wrote reaches the terminal as text: every path to it is tried with the same string.
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "base/text.hpp"
#include "cli/commands.hpp"
#include "support/synthetic_trials.hpp"
#include "terminal/progress.hpp"

namespace joust::cli {
namespace {

namespace fs = std::filesystem;

// Moves the cursor, sets the title, asks for the clipboard, turns the direction; and is no UTF-8 at its end.
const std::string k_hostile =
    "\x1b[2J\x1b]0;t\x07\x1b]52;c;?\x07\xc2\x9b"
    "1m\u202e\r\xff";

bool harmless(const std::string& printed) {
    for (const std::string_view line : split(printed, '\n'))
        if (!is_printable(line)) return false;
    return true;
}

TEST(Terminal, errors_are_harmless) {
    ::testing::internal::CaptureStderr();
    complain({ErrorKind::service, "the log ends: " + k_hostile + "\n\tsecond line"});
    const std::string printed = ::testing::internal::GetCapturedStderr();
    EXPECT_EQ(printed.substr(0, 26), "error: the log ends: \\x1B[");
    EXPECT_NE(printed.find("\n       \tsecond line\n"), std::string::npos) << printed;
    EXPECT_EQ(printed.find_first_of("\x1b\x07\r\xff"), std::string::npos);
}

TEST(Terminal, progress_is_harmless) {
    ::testing::internal::CaptureStderr();
    {
        const auto progress =
            terminal::make_progress(terminal::Screen{}, joust::testing::benchmark_of({"a", "b"}, {4}, 1));
        progress->stage("set up " + k_hostile);
        progress->warning("the database says: " + k_hostile);
        progress->planned({1, 1, {}}, 0, Path("/results/" + k_hostile));
        progress->trial_started({0, 0, 4, 0, "a" + k_hostile});
        model::TrialResult trial;
        trial.plan.entrant = "a" + k_hostile;
        trial.incidents = {{model::IncidentKind::service_died, k_hostile}};
        progress->trial_finished(trial);
    }
    EXPECT_TRUE(harmless(::testing::internal::GetCapturedStderr()));
}

// `joust list` in a clone whose files have hostile names and titles.
TEST(Terminal, a_strangers_clone_is_listed_harmlessly) {
    const Path root = Path(::testing::TempDir()) / fmt::format("clone-{}", ::getpid());
    for (const char* folder : {"benchmarks", "workloads", "contenders"})
        fs::create_directories(root / folder);
    fs::create_directories(root / "contenders" / k_hostile);
    fs::create_directories(root / "contenders/c");
    std::ofstream(root / "contenders" / k_hostile / "contender.toml") << "name = 1\n";
    std::ofstream(root / "contenders/c/contender.toml") << "title = \"\\u001b[2J\"\n";
    std::ofstream(root / "benchmarks" / (k_hostile + ".toml")) << "name = 1\n";
    std::ofstream(root / "benchmarks/b.toml") << "name = \"b\"\ntitle = \"\\u001b[2J\"\n\"\\u001b\" = 1\n"
                                              << k_hostile;
    std::ofstream(root / "benchmarks/d.toml")
        << "name = \"d\"\ntitle = \"\\u001b[2J\"\n\"\\u001b\" = 1\nworkload = \"\\u001b\"\n";
    const Path before = fs::current_path();
    fs::current_path(root);
    ::testing::internal::CaptureStdout();
    ::testing::internal::CaptureStderr();
    EXPECT_EQ(list({}), ExitCode::bad_input);
    std::fflush(stdout);
    const std::string errors = ::testing::internal::GetCapturedStderr();
    const std::string printed = ::testing::internal::GetCapturedStdout();
    fs::current_path(before);
    fs::remove_all(root);
    EXPECT_TRUE(harmless(printed)) << printable(printed);
    EXPECT_TRUE(harmless(errors)) << printable(errors);
    EXPECT_NE(errors.find("title is \"\\x1B[2J\""), std::string::npos) << printable(errors);
}

}  // namespace
}  // namespace joust::cli
