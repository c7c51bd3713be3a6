#include "host/bounded_log.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support.hpp"

namespace joust::host {
namespace {

using namespace joust::test;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class BoundedLogTest : public testing::Test {
protected:
    /// Runs a program to its end with its output in the log.
    void print(BoundedLog& log, const std::string& script) const {
        ProcessSpec spec = shell(script);
        spec.output = log.input();
        const Process process = must(Process::start(spec));
        ASSERT_TRUE(process.wait_for(60s));
    }
    const TempDirectory place;
    const Path file = place.path() / "log";
};

TEST_F(BoundedLogTest, AppendsBothStreamsAsTheyComeToWhatIsThere) {
    place.write("log", "before\n");
    const auto log = must(BoundedLog::open(file, std::nullopt));
    print(*log, "echo one; echo two >&2; echo three");
    EXPECT_TRUE(eventually([&] { return text_of(file) == "before\none\ntwo\nthree\n"; })) << text_of(file);
    EXPECT_EQ(log->left_out(), 0U);
    EXPECT_EQ(log->taken(), 14U) << "what was there before was not printed";
}

TEST_F(BoundedLogTest, KeepsTheFirstAndTheLastAndSaysHowMuchWasLeftOut) {
    const auto log = must(BoundedLog::open(file, std::nullopt, {.first = 1000, .last = 500}));
    print(*log, "echo FIRST; head -c 300000000 /dev/zero | tr '\\0' x; echo LAST");
    log->end_section();
    const std::string text = text_of(file);
    EXPECT_LT(text.size(), 2000U);
    EXPECT_THAT(text, StartsWith("FIRST\n"));
    EXPECT_THAT(text, EndsWith("LAST\n"));
    EXPECT_THAT(text, HasSubstr("\n[joust left "));
    EXPECT_EQ(log->left_out(), 300'000'011U - 1500U);
    EXPECT_EQ(log->taken(), 300'000'011U) << "what is not kept was printed as well";
}

TEST_F(BoundedLogTest, EverySectionHasItsOwnBoundsUntilTheFileIsLong) {
    const auto log =
        must(BoundedLog::open(file, std::nullopt, {.first = 1600, .last = 1600, .long_file = 5000}));
    for (int section = 0; section < 20; ++section) {
        print(*log, "head -c 100000 /dev/zero | tr '\\0' x");
        log->end_section();
    }
    EXPECT_GT(text_of(file).size(), 6400U);
    EXPECT_LT(text_of(file).size(), 5000U + 3300U + 20 * 300U);
}

TEST_F(BoundedLogTest, TheProgramHasNoWayToTheFileItself) {
    ASSERT_EQ(::geteuid(), 0U) << "this test needs root";
    place.write("log", "earlier\n");
    const User user{.name = "somebody", .uid = 54321, .gid = 54321, .groups = {54321}};
    const auto log = must(BoundedLog::open(file, user));
    ProcessSpec spec = shell("truncate -s 0 /dev/stdout; echo by name > /dev/stderr; : > " + file.string());
    spec.output = log->input();
    spec.user = user;
    const Process process = must(Process::start(spec));
    ASSERT_TRUE(process.wait_for(60s));
    log->end_section();
    EXPECT_THAT(text_of(file), StartsWith("earlier\n"));
    EXPECT_THAT(text_of(file), HasSubstr("by name\n"));
}

TEST_F(BoundedLogTest, ALinkInPlaceOfTheFileIsNotFollowed) {
    const Path other = place.write("other", "kept");
    std::filesystem::create_symlink(other, file);
    EXPECT_FALSE(BoundedLog::open(file, std::nullopt));
    EXPECT_EQ(text_of(other), "kept");
}

TEST_F(BoundedLogTest, AFifoInPlaceOfTheFileIsNotWaitedFor) {
    ASSERT_EQ(::mkfifo(file.c_str(), 0600), 0);
    EXPECT_FALSE(BoundedLog::open(file, std::nullopt));
    const Fd reader(::open(file.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
    EXPECT_EQ(BoundedLog::open(file, std::nullopt).error().message,
              "cannot write to " + file.string() + ": it is no regular file");
}

TEST_F(BoundedLogTest, IsWholeAtItsEndAlsoWhereAnotherProcessStillHoldsThePipe) {
    std::optional<Process> holder;
    {
        const auto log = must(BoundedLog::open(file, std::nullopt));
        ProcessSpec spec = shell("echo told; exec sleep 60");
        spec.output = log->input();
        holder.emplace(must(Process::start(spec)));
        log->close_input();
        ASSERT_TRUE(eventually([&] {
            log->drain();
            return text_of(file) == "told\n";
        }));
    }
    EXPECT_TRUE(holder->running());
}

}  // namespace
}  // namespace joust::host
