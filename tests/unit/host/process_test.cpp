#include "host/process.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support.hpp"

namespace joust::host {
namespace {

using namespace joust::test;

ExitStatus end_of(const Process& process) {
    return process.wait_for(10s).value_or(ExitStatus{});
}

/// A shell that does this when it is sent SIGTERM; it has set its trap already.
Process start_with_trap(const std::string& action) {
    const TempDirectory place;
    const Path ready = place.path() / "ready";
    Process process = must(Process::start(
        shell("trap " + action + " TERM; touch " + ready.string() + "; while :; do sleep 0.05; done")));
    EXPECT_TRUE(eventually([&] { return std::filesystem::exists(ready); }));
    return process;
}

TEST(Process, RunsInItsDirectoryWithItsEnvironmentAloneAndWritesItsLog) {
    const TempDirectory place;
    ProcessSpec spec = shell("pwd; env; echo to stderr >&2; exit 3");
    spec.environment.emplace_back("COLOUR", "blue");
    spec.directory = place.path();
    spec.log = place.write("log", "before\n");
    ::setenv("JOUST_TEST_LEAK", "1", 1);
    const Process process = must(Process::start(spec));
    EXPECT_EQ(to_text(end_of(process)), "exited with code 3");
    const std::string log = text_of(spec.log);
    EXPECT_TRUE(log.starts_with("before\n" + place.path().string() + "\n")) << log;
    EXPECT_NE(log.find("COLOUR=blue"), std::string::npos) << log;
    EXPECT_NE(log.find("to stderr"), std::string::npos) << log;
    EXPECT_EQ(log.find("JOUST_TEST_LEAK"), std::string::npos) << log;
}

TEST(Process, ThatDoesNotExistIsAnErrorWithItsNameAndTheReason) {
    const Result<Process> started = Process::start({.command = {"/no/such/program"}});
    ASSERT_FALSE(started);
    EXPECT_EQ(started.error().message,
              "cannot start /no/such/program: its program cannot be run: No such file or directory");
}

TEST(Process, WithoutExecutePermissionIsAnErrorWithTheReason) {
    const TempDirectory place;
    const Path file = place.write("script", "#!/bin/sh\n");
    const Result<Process> started = Process::start({.command = {file.string()}});
    ASSERT_FALSE(started);
    EXPECT_NE(started.error().message.find("Permission denied"), std::string::npos)
        << started.error().message;
}

TEST(Process, IsNotStartedWhenTheHookRefuses) {
    const TempDirectory place;
    ProcessSpec spec = shell("touch " + (place.path() / "ran").string());
    std::optional<ProcessIdentity> seen;
    spec.before_start = [&](const ProcessIdentity& identity) -> Status {
        seen = identity;
        return fail(ErrorKind::io, "the journal is full");
    };
    const Result<Process> started = Process::start(spec);
    ASSERT_FALSE(started);
    EXPECT_EQ(started.error().message, "the journal is full");
    ASSERT_TRUE(seen);
    EXPECT_FALSE(alive(*seen));
    EXPECT_FALSE(std::filesystem::exists(place.path() / "ran"));
}

TEST(Process, LeadsASessionWithoutInheritedDescriptorsOrSignalsAndCannotGainPrivileges) {
    const int leaked = ::open("/dev/null", O_RDONLY);  // deliberately without O_CLOEXEC
    ::signal(SIGPIPE, SIG_IGN);
    ProcessSpec spec =
        shell("ls /proc/self/fd | wc -l; grep -E 'SigIgn|SigBlk|NoNewPrivs' /proc/self/status");
    const std::string printed = must(run_program(spec, 10s));
    ::signal(SIGPIPE, SIG_DFL);
    ::close(leaked);
    // 0, 1, 2 and the one with which ls reads the directory.
    EXPECT_TRUE(printed.starts_with("4\n")) << printed;
    EXPECT_NE(printed.find("SigBlk:\t0000000000000000"), std::string::npos) << printed;
    EXPECT_NE(printed.find("SigIgn:\t0000000000000000"), std::string::npos) << printed;
    EXPECT_NE(printed.find("NoNewPrivs:\t1"), std::string::npos) << printed;
    const Process process = must(Process::start(shell("sleep 60")));
    EXPECT_EQ(::getsid(process.pid()), process.pid());
}

TEST(Process, MayOpenAsManyFilesAsTheHardLimitAllows) {
    EXPECT_EQ(must(run_program(shell("test $(ulimit -Sn) = $(ulimit -Hn) && echo same"), 10s)), "same\n");
}

TEST(Process, ThatIgnoresTheTermSignalIsKilledAfterTheGrace) {
    Process process = start_with_trap("''");
    const TimePoint begin = now();
    const std::optional<ExitStatus> status = process.stop(300ms);
    ASSERT_TRUE(status);
    EXPECT_EQ(to_text(*status), "was killed by signal 9 (Killed)");
    EXPECT_GE(now() - begin, 300ms);
    EXPECT_LT(now() - begin, 3s);
}

TEST(Process, ThatHeedsTheTermSignalEndsBeforeTheGrace) {
    Process process = start_with_trap("'exit 0'");
    const TimePoint begin = now();
    EXPECT_EQ(process.stop(20s), ExitStatus{.code = 0});
    EXPECT_LT(now() - begin, 5s);
}

TEST(Process, TakesItsGrandchildrenWithIt) {
    std::vector<pid_t> pids;
    {
        const Process process = must(Process::start(shell("(sleep 61; :) & (sleep 62; :) & wait")));
        ASSERT_TRUE(eventually([&] { return process.pids().size() == 5; }));
        pids = process.pids();
    }
    for (const pid_t pid : pids)
        EXPECT_TRUE(dies(pid)) << pid;
}

TEST(Process, LeavesNoGrandchildBehindWhenItEndsByItself) {
    Process process = must(Process::start(shell("sleep 63 & sleep 0.1")));
    EXPECT_TRUE(end_of(process).success());
    const std::vector<pid_t> left = process.pids();
    ASSERT_EQ(left.size(), 1U);
    EXPECT_TRUE(process.stop(1s));
    EXPECT_TRUE(dies(left[0]));
}

TEST(Process, BecomesTheUnprivilegedUserWithoutCapabilities) {
    ASSERT_EQ(::geteuid(), 0U) << "this test needs root: only root can become another user";
    const TempDirectory place;
    place.write("secret/file", "secret");
    std::filesystem::permissions(place.path() / "secret", std::filesystem::perms(0700));
    ProcessSpec spec = shell("id -u; id -G; grep -E 'Cap(Inh|Prm|Eff|Amb)' /proc/self/status; cat " +
                             (place.path() / "secret/file").string() + " 2>&1; true");
    const User user = must(unprivileged_user());
    spec.user = user;
    const std::string printed = must(run_program(spec, 10s));
    EXPECT_NE(user.uid, 0U);
    EXPECT_TRUE(printed.starts_with(fmt::format("{}\n{}\n", user.uid, user.gid))) << printed;
    for (const char* set : {"CapInh", "CapPrm", "CapEff", "CapAmb"})
        EXPECT_NE(printed.find(std::string(set) + ":\t0000000000000000"), std::string::npos) << printed;
    EXPECT_NE(printed.find("Permission denied"), std::string::npos) << printed;
}

TEST(Process, SaysWhichDirectoryItsUserCannotEnter) {
    ASSERT_EQ(::geteuid(), 0U) << "this test needs root: only root can become another user";
    const TempDirectory place;
    std::filesystem::permissions(place.path(), std::filesystem::perms(0700));
    ProcessSpec spec = shell("true");
    spec.user = must(unprivileged_user());
    spec.directory = place.path();
    const Result<Process> started = Process::start(spec);
    ASSERT_FALSE(started);
    EXPECT_EQ(started.error().message,
              fmt::format("cannot start sh: its directory {} cannot be entered by user {}: Permission denied",
                          place.path().string(), spec.user->name));
}

TEST(Process, KeepsAHardLimitThatIsBelowItsCeiling) {
    const TempDirectory place;
    ProcessSpec spec = shell("grep 'Max processes' /proc/self/limits");
    spec.user = must(unprivileged_user());
    spec.log = place.path() / "log";
    spec.ceilings = {{RLIMIT_NPROC, 8192}};
    // In a process of its own: not even root can always raise its limit again.
    const pid_t child = ::fork();
    if (child == 0) {
        const rlimit of_a_small_host{5000, 5000};
        if (::setrlimit(RLIMIT_NPROC, &of_a_small_host) != 0) ::_exit(1);
        ::_exit(end_of(must(Process::start(spec))).success() ? 0 : 2);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
    EXPECT_NE(text_of(spec.log).find(" 5000                 5000 "), std::string::npos) << text_of(spec.log);
}

TEST(Process, DiesWithTheProcessThatStartedIt) {
    int pipe_ends[2];
    ASSERT_EQ(::pipe(pipe_ends), 0);
    const pid_t parent = ::fork();
    if (parent == 0) {
        const Process child = must(Process::start(shell("sleep 64")));
        const pid_t pid = child.pid();
        if (::write(pipe_ends[1], &pid, sizeof pid) != sizeof pid) ::_exit(1);
        ::pause();
        ::_exit(0);
    }
    pid_t child = 0;
    ASSERT_EQ(::read(pipe_ends[0], &child, sizeof child), static_cast<ssize_t>(sizeof child));
    ASSERT_EQ(::kill(child, 0), 0);
    ::kill(parent, SIGKILL);
    ::waitpid(parent, nullptr, 0);
    EXPECT_TRUE(dies(child));
    ::close(pipe_ends[0]);
    ::close(pipe_ends[1]);
}

TEST(Process, IsGivenTheOomScoreThatIsAskedFor) {
    ProcessSpec spec = shell("cat /proc/self/oom_score_adj");
    spec.oom_score_adj = 500;
    EXPECT_EQ(must(run_program(spec, 10s)), "500\n");
}

TEST(RunProgram, ReportsFailureWithTheLastLinesPrinted) {
    const Result<std::string> printed = run_program(shell("echo one; echo two >&2; exit 7"), 10s);
    ASSERT_FALSE(printed);
    EXPECT_NE(printed.error().message.find("exited with code 7:\none\ntwo"), std::string::npos)
        << printed.error().message;
}

TEST(RunProgram, GivesUpAtItsTimeLimit) {
    const TimePoint begin = now();
    const Result<std::string> printed = run_program(shell("echo started; sleep 65"), 200ms);
    ASSERT_FALSE(printed);
    EXPECT_EQ(printed.error().kind, ErrorKind::timed_out);
    EXPECT_NE(printed.error().message.find("started"), std::string::npos) << printed.error().message;
    EXPECT_LT(now() - begin, 5s);
}

TEST(Proc, TellsAReusedPidByItsStartTime) {
    const Process process = must(Process::start(shell("sleep 66")));
    EXPECT_TRUE(alive(process.identity()));
    const ProcessIdentity earlier{.pid = process.pid(), .start_ticks = process.identity().start_ticks - 1};
    EXPECT_FALSE(alive(earlier));
    EXPECT_TRUE(kill_session(earlier));
    EXPECT_TRUE(process.running());
    EXPECT_TRUE(kill_session(process.identity()));
    EXPECT_FALSE(process.running());
}

}  // namespace
}  // namespace joust::host
