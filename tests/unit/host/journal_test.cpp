#include "host/journal.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "host/descendants.hpp"
#include "support.hpp"

namespace joust::host {
namespace {

using namespace joust::test;

TEST(Journal, IsReadBackAsItWasWritten) {
    const Origin origin{.space = {.boot = "b-1", .pid_namespace = 42},
                        .process = {.pid = 7, .start_ticks = 8}};
    const std::string text = origin_line(origin) + "\n" + must(group_line("/sys/fs/cgroup/a b")) + "\n" +
                             user_line(59'001) + "\n" + session_line({.pid = 12, .start_ticks = 345}) + "\n" +
                             must(path_line("/tmp/x")) + "\n" + must(engine_line("unix:///run/docker.sock")) +
                             "\n" + must(use_line("/state/venvs/a")) + "\n";
    const Journal journal = parse_journal(text);
    EXPECT_EQ(journal.origin, origin);
    EXPECT_EQ(journal.users, std::vector<uid_t>{59'001});
    EXPECT_EQ(journal.groups, std::vector<Path>{"/sys/fs/cgroup/a b"});
    EXPECT_EQ(journal.sessions, (std::vector{ProcessIdentity{.pid = 12, .start_ticks = 345}}));
    EXPECT_EQ(journal.paths, std::vector<Path>{"/tmp/x"});
    EXPECT_EQ(journal.engines, std::vector<std::string>{"unix:///run/docker.sock"});
    EXPECT_EQ(journal.uses, std::vector<Path>{"/state/venvs/a"});
}

TEST(Journal, LeavesOutWhatIsTornUnknownOrNotAbsolute) {
    const Journal journal = parse_journal(
        "path /a\npath relative\nfuture /b\nsession 12\nsession x 1\nsession 1 2x\nuser -1\norigin a 1 "
        "2\n\ncgroup\npath /torn");
    EXPECT_EQ(journal.paths, std::vector<Path>{"/a"});
    EXPECT_TRUE(journal.groups.empty());
    EXPECT_TRUE(journal.sessions.empty());
    EXPECT_TRUE(journal.users.empty());
    EXPECT_FALSE(journal.origin);
}

TEST(Journal, RefusesPathsThatItCouldNotReadBack) {
    EXPECT_FALSE(path_line("/a\nb"));
    EXPECT_FALSE(path_line("relative"));
    EXPECT_FALSE(engine_line("unix:///a\npath /etc"));
    EXPECT_FALSE(group_line(""));
}

/// The journal of a dead run that names a session of living processes, who are innocent of it.
class InnocentTest : public testing::Test {
protected:
    static ProcessSpec without_mark() {
        // As any other program's process: what this one starts would carry its mark.
        ProcessSpec spec = shell("exec env -i sleep 84");
        return spec;
    }
    std::vector<std::string> undo_with(const std::string& origin, const ProcessIdentity& leader) const {
        place.write("runs/dead/file", "");
        place.write("runs/dead.journal",
                    origin + session_line(leader) + "\n" + must(path_line(extra)) + "\n");
        return undo(RunFiles(place.path(), "dead"));
    }
    static std::string line(const ProcessSpace& space) {
        return origin_line({.space = space, .process = {.pid = 1, .start_ticks = 1}}) + "\n";
    }
    const TempDirectory place;
    const Path extra = place.write("extra", "left over");
    const Process innocent = must(Process::start(without_mark()));
};

TEST_F(InnocentTest, AfterARestartOfTheHostOnlyFilesAreRemoved) {
    ProcessSpace before = process_space();
    before.boot = "00000000-0000-0000-0000-000000000000";
    EXPECT_EQ(undo_with(line(before), innocent.identity()), std::vector<std::string>{});
    EXPECT_TRUE(innocent.running());
    EXPECT_FALSE(std::filesystem::exists(extra));
    EXPECT_FALSE(std::filesystem::exists(place.path() / "runs/dead"));
}

TEST_F(InnocentTest, InAJournalOfUnknownOriginOrOfAnotherPidNamespaceNoNumberIsBelieved) {
    EXPECT_EQ(undo_with("", innocent.identity()), std::vector<std::string>{});
    EXPECT_TRUE(innocent.running());
    ProcessSpace elsewhere = process_space();
    ++elsewhere.pid_namespace;
    EXPECT_EQ(undo_with(line(elsewhere), innocent.identity()), std::vector<std::string>{});
    EXPECT_TRUE(innocent.running());
}

// The recorded leader is dead, another one had its number, made a session and is dead as well; what lives of
// that session has the number, and nothing to do with the run.
TEST_F(InnocentTest, ASessionWhoseLeaderIsGoneIsNotTakenForTheRecordedOne) {
    int told[2];
    ASSERT_EQ(::pipe2(told, O_CLOEXEC), 0);
    const pid_t leader = ::fork();
    if (leader == 0) {
        ::setsid();
        const pid_t member = ::fork();
        if (member == 0)
            for (;;)
                ::pause();
        ::_exit(::write(told[1], &member, sizeof member) == sizeof member ? 0 : 1);
    }
    pid_t member = 0;
    ASSERT_EQ(::read(told[0], &member, sizeof member), static_cast<ssize_t>(sizeof member));
    ::close(told[0]);
    ::close(told[1]);
    ASSERT_EQ(::waitpid(leader, nullptr, 0), leader);
    EXPECT_EQ(undo_with(line(process_space()), {.pid = leader, .start_ticks = 1}),
              std::vector<std::string>{});
    EXPECT_EQ(::kill(member, 0), 0) << "killed";
    ::kill(member, SIGKILL);
}

TEST_F(InnocentTest, TheRecordedSessionItselfIsEnded) {
    EXPECT_EQ(undo_with(line(process_space()), innocent.identity()), std::vector<std::string>{});
    EXPECT_FALSE(innocent.running());
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
