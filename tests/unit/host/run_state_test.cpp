// A process that holds a run dies in every way; afterwards nothing of it may be left.
#include "host/run_state.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host/cgroup.hpp"
#include "support.hpp"

namespace joust::host {
namespace {

using namespace joust::test;

/// What the process under test tells of itself before it waits to be killed.
struct Told {
    pid_t guardian = 0;
    pid_t child = 0;
    char id[64] = {};
};

/// Forked: makes a run with a group, a child in it with a grandchild in a session of its own, a directory and
/// a file, as joust does; then waits, or ends if told so.
class Victim {
public:
    Victim(const CgroupHost& host, const Path& root, const Path& extra) {
        int ends[2];
        if (::pipe2(ends, O_CLOEXEC) != 0) std::abort();
        int gate[2];
        if (::pipe2(gate, O_CLOEXEC) != 0) std::abort();
        pid_ = ::fork();
        if (pid_ == 0) {
            ::close(gate[1]);
            live(host, root, extra, ends[1], gate[0]);
            ::_exit(0);
        }
        ::close(ends[1]);
        ::close(gate[0]);
        const Fd read_end(ends[0]);
        gate_ = Fd(gate[1]);
        EXPECT_EQ(::read(read_end.get(), &told_, sizeof told_), static_cast<ssize_t>(sizeof told_));
    }
    ~Victim() {
        if (pid_ > 0) kill(SIGKILL);
    }
    Victim(const Victim&) = delete;
    Victim& operator=(const Victim&) = delete;

    void kill(int signal) {
        ::kill(pid_, signal);
        ::waitpid(std::exchange(pid_, 0), nullptr, 0);
    }
    void let_end() {
        gate_.close();
        ::waitpid(std::exchange(pid_, 0), nullptr, 0);
    }
    [[nodiscard]] const Told& told() const { return told_; }

private:
    static void live(const CgroupHost& host, const Path& root, const Path& extra, int tell, int gate) {
        RunState run = must(RunState::create(root));
        for (const Path& directory : host.run_directories(run.id()))
            if (!run.record_group(directory)) ::_exit(2);
        const Cgroup group = must(Cgroup::create(host, {.run = run.id(), .party = "a"}));
        if (!run.record_path(extra)) ::_exit(3);
        std::ofstream(extra) << "left over";
        std::ofstream(run.directory() / "data") << "left over";
        ProcessSpec spec = shell("setsid sleep 81 & sleep 82");
        spec.cgroup = group.entrances();
        spec.before_start = [&](const ProcessIdentity& leader) { return run.record_session(leader); };
        const Process process = must(Process::start(spec));
        while (group.pids().size() < 3)
            std::this_thread::sleep_for(5ms);
        Told told{.guardian = run.guardian(), .child = process.pid()};
        run.id().copy(told.id, sizeof told.id - 1);
        if (::write(tell, &told, sizeof told) != sizeof told) ::_exit(4);
        char byte = 0;
        [[maybe_unused]] const ssize_t released = ::read(gate, &byte, 1);
    }
    pid_t pid_ = 0;
    Fd gate_;
    Told told_;
};

class RunStateTest : public testing::Test {
protected:
    using Processes = std::vector<ProcessIdentity>;

    [[nodiscard]] Processes processes_of(const Told& told) const {
        GroupFiles files{.version = CgroupVersion::v1, .places = {}};
        for (const Path& directory : host.run_directories(told.id))
            files.places.push_back({directory, {}});
        Processes processes;
        for (const pid_t pid : files.pids())
            if (const auto process = identify(pid)) processes.push_back(*process);
        return processes;
    }
    // A zombie counts as gone: when init reaps it is not ours to say.
    [[nodiscard]] bool gone(const Told& told, const Processes& processes) const {
        for (const ProcessIdentity& process : processes)
            if (alive(process)) return false;
        for (const Path& directory : host.run_directories(told.id))
            if (std::filesystem::exists(directory)) return false;
        return std::filesystem::is_empty(root / "runs") && !std::filesystem::exists(extra);
    }
    [[nodiscard]] bool there(const Told& told) const {
        return std::filesystem::exists(root / "runs" / told.id / "data") && std::filesystem::exists(extra);
    }

    const CgroupHost host = cgroups_with_limits();
    const TempDirectory place;
    const Path root = place.path() / "state";
    const Path extra = place.path() / "extra";
};

TEST_F(RunStateTest, KilledWithSignal9ItIsCleanedUpByTheGuardianWithin3Seconds) {
    Victim victim(host, root, extra);
    const Processes processes = processes_of(victim.told());
    ASSERT_GE(processes.size(), 3U);
    ASSERT_TRUE(there(victim.told()));
    victim.kill(SIGKILL);
    EXPECT_TRUE(eventually([&] { return gone(victim.told(), processes); }, 3s));
    EXPECT_TRUE(dies(victim.told().guardian));
}

TEST_F(RunStateTest, KilledTogetherWithItsGuardianItIsCleanedUpByTheNextStart) {
    Victim victim(host, root, extra);
    const Processes processes = processes_of(victim.told());
    ASSERT_GE(processes.size(), 3U);
    ::kill(victim.told().guardian, SIGKILL);
    victim.kill(SIGKILL);
    std::this_thread::sleep_for(200ms);
    EXPECT_FALSE(gone(victim.told(), processes)) << "nobody is left to clean up";
    const SweepReport report = sweep_stale(root);
    EXPECT_EQ(report.swept, std::vector<std::string>{victim.told().id});
    EXPECT_EQ(report.failures, std::vector<std::string>{});
    EXPECT_TRUE(eventually([&] { return gone(victim.told(), processes); }, 3s));
}

TEST_F(RunStateTest, TheGuardianIgnoresTheSignalsThatEndEverythingElse) {
    Victim victim(host, root, extra);
    const Processes processes = processes_of(victim.told());
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT})
        ::kill(victim.told().guardian, signal);
    victim.kill(SIGTERM);
    EXPECT_TRUE(eventually([&] { return gone(victim.told(), processes); }, 3s));
}

/// Forked: a run without cgroups whose program has a daemon, killed with signal 9.
TEST_F(RunStateTest, WithoutCgroupsADaemonDoesNotOutliveARunThatIsKilled) {
    int told[2];
    ASSERT_EQ(::pipe2(told, O_CLOEXEC), 0);
    const pid_t victim = ::fork();
    if (victim == 0) {
        RunState run = must(RunState::create(root));
        ProcessSpec spec = shell("(setsid sh -c 'echo $$; exec sleep 85' &) ; exec sleep 86");
        spec.log = place.path() / "log";
        spec.before_start = [&](const ProcessIdentity& leader) { return run.record_session(leader); };
        const Process process = must(Process::start(spec));
        if (!eventually([&] { return text_of(spec.log).ends_with('\n'); })) ::_exit(2);
        const pid_t daemon = std::stoi(text_of(spec.log));
        if (::write(told[1], &daemon, sizeof daemon) != sizeof daemon) ::_exit(3);
        for (;;)
            ::pause();
    }
    pid_t daemon = 0;
    ASSERT_EQ(::read(told[0], &daemon, sizeof daemon), static_cast<ssize_t>(sizeof daemon));
    ::close(told[0]);
    ::close(told[1]);
    ASSERT_EQ(::kill(daemon, 0), 0);
    ::kill(victim, SIGKILL);
    ::waitpid(victim, nullptr, 0);
    EXPECT_TRUE(dies(daemon));
}

TEST_F(RunStateTest, EachContenderHasAUserOfItsOwnWhoEndsWithTheRun) {
    ASSERT_EQ(::geteuid(), 0U) << "this test needs root";
    std::optional<Process> process;
    uid_t first = 0;
    {
        RunState run = must(RunState::create(root));
        const User user = must(run.new_user());
        first = user.uid;
        EXPECT_NE(user.uid, 0U);
        EXPECT_NE(must(run.new_user()).uid, user.uid);
        EXPECT_NE(user.uid, must(unprivileged_user()).uid);
        {
            RunState other = must(RunState::create(root));
            EXPECT_NE(must(other.new_user()).uid, user.uid)
                << "of another run, though nothing runs as it yet";
        }
        ProcessSpec spec = shell("exec sleep 87");
        spec.user = user;
        spec.before_start = [&](const ProcessIdentity& leader) { return run.record_session(leader); };
        process.emplace(must(Process::start(spec)));
    }
    EXPECT_FALSE(process->running());
    EXPECT_EQ(must(must(RunState::create(root)).new_user()).uid, first) << "free again";
}

TEST_F(RunStateTest, AStateRootThatAnotherUserOwnsIsRefused) {
    ASSERT_EQ(::geteuid(), 0U) << "this test needs root";
    std::filesystem::create_directories(root / "runs");
    ASSERT_EQ(::chown((root / "runs").c_str(), 54321, 54321), 0);
    const auto run = RunState::create(root);
    ASSERT_FALSE(run);
    EXPECT_NE(run.error().message.find("belongs to user 54321"), std::string::npos) << run.error().message;
}

TEST_F(RunStateTest, AtItsNormalEndNothingIsLeftAndTheGuardianGoes) {
    Victim victim(host, root, extra);
    const Processes processes = processes_of(victim.told());
    victim.let_end();
    EXPECT_TRUE(eventually([&] { return gone(victim.told(), processes); }, 100ms));
    EXPECT_NE(::kill(victim.told().guardian, 0), 0) << "the run waits for its guardian";
}

TEST_F(RunStateTest, ARunThatLivesIsNotSwept) {
    Victim victim(host, root, extra);
    EXPECT_EQ(sweep_stale(root).swept, std::vector<std::string>{});
    EXPECT_TRUE(there(victim.told()));
    EXPECT_GE(processes_of(victim.told()).size(), 3U);
    victim.let_end();
}

TEST_F(RunStateTest, TwoRunsOfOneSecondHaveTheirOwnIdsAndDirectories) {
    const RunState first = must(RunState::create(root));
    const RunState second = must(RunState::create(root));
    EXPECT_NE(first.id(), second.id());
    EXPECT_TRUE(std::filesystem::exists(first.directory()));
    EXPECT_TRUE(std::filesystem::exists(second.directory()));
}

TEST_F(RunStateTest, ItsDirectoryCanBePassedThroughByOthers) {
    const RunState run = must(RunState::create(root));
    const auto mode = std::filesystem::status(run.directory()).permissions();
    EXPECT_EQ(mode, std::filesystem::perms(0711));
}

TEST_F(RunStateTest, ARecordedPidThatBelongsToAnotherProcessNowIsLeftAlone) {
    const Process innocent = must(Process::start(shell("sleep 83")));
    {
        RunState run = must(RunState::create(root));
        ASSERT_TRUE(
            run.record_session({.pid = innocent.pid(), .start_ticks = innocent.identity().start_ticks - 1}));
    }
    EXPECT_TRUE(innocent.running());
}

TEST_F(RunStateTest, WhatCannotBeRemovedIsReportedAndTriedAgain) {
    std::filesystem::create_directories(root / "runs/dead");
    place.write("state/runs/dead.lock", "");
    place.write("state/runs/dead.journal", "path /proc/self/status\n");
    const SweepReport report = sweep_stale(root);
    EXPECT_TRUE(report.swept.empty());
    ASSERT_EQ(report.failures.size(), 1U);
    EXPECT_NE(report.failures[0].find("/proc/self/status"), std::string::npos);
    EXPECT_TRUE(std::filesystem::exists(root / "runs/dead.journal"));
    place.write("state/runs/dead.journal", "path /no/such/thing\n");
    EXPECT_EQ(sweep_stale(root).swept, std::vector<std::string>{"dead"});
    EXPECT_TRUE(std::filesystem::is_empty(root / "runs"));
}

TEST(DefaultStateRoot, OfRootIsInVarLib) {
    ASSERT_EQ(::geteuid(), 0U) << "this test needs root";
    EXPECT_EQ(default_state_root(), "/var/lib/joust");
}

}  // namespace
}  // namespace joust::host
