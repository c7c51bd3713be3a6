#include "host/journal.hpp"

#include "support.hpp"

namespace joust::host {
namespace {

using namespace joust::test;

TEST(Journal, IsReadBackAsItWasWritten) {
    const std::string text = must(group_line("/sys/fs/cgroup/a b")) + "\n" +
                             session_line({.pid = 12, .start_ticks = 345}) + "\n" +
                             must(path_line("/tmp/x")) + "\n";
    const Journal journal = parse_journal(text);
    EXPECT_EQ(journal.groups, std::vector<Path>{"/sys/fs/cgroup/a b"});
    EXPECT_EQ(journal.sessions, (std::vector{ProcessIdentity{.pid = 12, .start_ticks = 345}}));
    EXPECT_EQ(journal.paths, std::vector<Path>{"/tmp/x"});
}

TEST(Journal, LeavesOutWhatIsTornUnknownOrNotAbsolute) {
    const Journal journal = parse_journal(
        "path /a\npath relative\nfuture /b\nsession 12\nsession x 1\nsession 1 2x\n\ncgroup\npath /torn");
    EXPECT_EQ(journal.paths, std::vector<Path>{"/a"});
    EXPECT_TRUE(journal.groups.empty());
    EXPECT_TRUE(journal.sessions.empty());
}

TEST(Journal, RefusesPathsThatItCouldNotReadBack) {
    EXPECT_FALSE(path_line("/a\nb"));
    EXPECT_FALSE(path_line("relative"));
    EXPECT_FALSE(group_line(""));
}

TEST(LockRun, IsHadByOneAtATimeAndNotForAFileThatIsGone) {
    const TempDirectory place;
    const Path file = place.write("lock", "");
    {
        const std::optional<Fd> held = lock_run(file, false);
        EXPECT_TRUE(held);
        EXPECT_FALSE(lock_run(file, false));
    }
    EXPECT_TRUE(lock_run(file, false));
    std::filesystem::remove(file);
    EXPECT_FALSE(lock_run(file, false));
}

TEST(LockRun, WaitedForIsWorthNothingOnceTheFileIsAnotherOne) {
    const TempDirectory place;
    const Path file = place.write("lock", "");
    std::optional<Fd> held = lock_run(file, false);
    bool locked = true;
    std::thread waiter([&] { locked = lock_run(file, true).has_value(); });
    std::this_thread::sleep_for(50ms);
    std::filesystem::remove(file);
    place.write("lock", "");  // another run's by now
    held.reset();
    waiter.join();
    EXPECT_FALSE(locked);
}

}  // namespace
}  // namespace joust::host
