#include "runtime/process_runtime.hpp"

#include <gmock/gmock.h>
#include <signal.h>
#include <sys/stat.h>

#include "../host/support.hpp"

namespace joust::runtime {
namespace {

using namespace joust::test;

class ProcessRuntimeTest : public testing::Test {
protected:
    [[nodiscard]] Program script(const std::string& text) const {
        return {.command = {"sh", "-c", text},
                .environment = {{"PATH", "/usr/bin:/bin"}},
                .directory = place.path(),
                .log = place.path() / "log"};
    }
    [[nodiscard]] Confinement limited(Bytes memory = Bytes{64 << 20}) const {
        return {.name = "contender-a",
                .limits = model::Limits{.cpus = 1.0, .memory = memory},
                .cpu = host::CpuShare{.cpus = {cpu}}};
    }
    Result<std::unique_ptr<Party>> start(const Program& program, const Confinement& confinement) {
        return ProcessRuntime(cgroups, run).start(program, confinement);
    }
    /// On a host without cgroups.
    Result<std::unique_ptr<Party>> start_bare(const Program& program, const Confinement& confinement) {
        return ProcessRuntime(none, run).start(program, confinement);
    }

    const host::CgroupHost cgroups = cgroups_with_limits();
    const TempDirectory place;
    const int cpu = host::read_topology().cores.at(0).at(0);
    const host::CgroupHost none = host::CgroupHost::detect(place.path() / "no-proc");
    host::RunState run = must(host::RunState::create(place.path() / "state"));
};

TEST_F(ProcessRuntimeTest, RunsInTheLimitsThatItReadsBack) {
    const auto party = must(start(script("nproc; exec sleep 60"), limited()));
    EXPECT_EQ(party->description(), "runs");
    const model::LimitsInForce in_force = must(party->limits_in_force());
    EXPECT_EQ(in_force.cpu_set, std::vector<int>{cpu});
    EXPECT_EQ(in_force.memory, Bytes{64 << 20});
    EXPECT_TRUE(in_force.swap_off);
    EXPECT_TRUE(eventually([&] { return text_of(place.path() / "log") == "1\n"; }));
}

TEST_F(ProcessRuntimeTest, SaysWhatOfItsLimitsIsNoLongerInForce) {
    const auto party = must(start(script("exec sleep 60"), limited()));
    model::LimitsInForce in_force = must(party->limits_in_force());
    EXPECT_THAT(party->limits_not_in_force(in_force), testing::IsEmpty());
    const std::string file =
        cgroups.version() == host::CgroupVersion::v1 ? "memory.limit_in_bytes" : "memory.max";
    for (const Path& directory : cgroups.run_directories(run.id()))
        for (const auto& entry : std::filesystem::recursive_directory_iterator(directory))
            if (entry.path().filename() == file && entry.path().parent_path() != directory)
                std::ofstream(entry.path()) << "33554432";
    in_force = must(party->limits_in_force());
    EXPECT_THAT(party->limits_not_in_force(in_force), testing::Contains("memory 32MiB instead of 64MiB"));
}

TEST_F(ProcessRuntimeTest, ThatEatsMemoryIsReportedAsOutOfMemory) {
    const auto party = must(start(script("exec tail /dev/zero"), limited()));
    ASSERT_TRUE(party->wait_for(60s));
    EXPECT_EQ(party->description(), "was killed by signal 9 (out of memory in its limit of 64MiB)");
}

TEST_F(ProcessRuntimeTest, WhoseChildEatsMemorySaysThatToo) {
    const auto party = must(start(script("tail /dev/zero; exec sleep 60"), limited()));
    EXPECT_TRUE(eventually([&] { return party->oom_kills() == 1; }, 60s));
    EXPECT_EQ(party->description(),
              "runs; the kernel killed 1 of its processes (out of memory in its limit of 64MiB)");
}

TEST_F(ProcessRuntimeTest, KilledByAnybodyElseIsNotCalledOutOfMemory) {
    const auto party = must(start(script("exec sleep 60"), limited()));
    ::kill(party->pid(), SIGKILL);
    ASSERT_TRUE(party->wait_for(20s));
    EXPECT_EQ(party->description(), "was killed by signal 9 (Killed)");
}

TEST_F(ProcessRuntimeTest, ThatExitsSaysItsCode) {
    const auto party = must(start(script("exit 3"), limited()));
    ASSERT_TRUE(party->wait_for(20s));
    EXPECT_EQ(party->description(), "exited with code 3");
}

TEST_F(ProcessRuntimeTest, StopsWithAllThatItStarted) {
    const auto party =
        must(start(script("setsid sleep 91 & trap '' TERM; while :; do sleep 0.05; done"), limited()));
    ASSERT_TRUE(eventually([&] { return party->pids().size() >= 3; }));
    const std::vector<pid_t> pids = party->pids();
    EXPECT_EQ(party->stop(100ms), "was killed by signal 9 (Killed)");
    EXPECT_TRUE(party->pids().empty());
    for (const pid_t pid : pids) {
        const std::optional<host::ProcessIdentity> left = host::identify(pid);
        EXPECT_FALSE(left && host::alive(*left)) << pid;
    }
}

TEST_F(ProcessRuntimeTest, RunsAsTheUnprivilegedUserInItsLimits) {
    ASSERT_EQ(::geteuid(), 0U) << "this test needs root";
    Program program = script("id -u; exec sleep 60");
    program.user = must(host::unprivileged_user());
    const auto party = must(start(program, limited()));
    EXPECT_TRUE(eventually([&] { return text_of(program.log) == std::to_string(program.user->uid) + "\n"; }));
    EXPECT_TRUE(eventually([&] { return party->pids() == std::vector<pid_t>{party->pid()}; }));
}

TEST_F(ProcessRuntimeTest, WithLimitsOffIsStillAccountedForAndKilled) {
    const auto party = must(start(script("setsid sleep 92 & exec sleep 93"), {.name = "contender-a"}));
    ASSERT_TRUE(eventually([&] { return party->pids().size() == 2; }));
    EXPECT_EQ(must(party->limits_in_force()).memory, std::nullopt);
    EXPECT_TRUE(std::holds_alternative<host::GroupSource>(party->usage_source(true)));
}

TEST_F(ProcessRuntimeTest, WithoutCgroupsLimitsAreRefusedButLimitsOffWorks) {
    const auto refused = start_bare(script("sleep 60"), limited());
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::unsupported);
    const auto party = must(start_bare(script("sleep 94 & sleep 95"), {.name = "contender-a"}));
    EXPECT_EQ(must(party->limits_in_force()).cgroup_version, "none");
    ASSERT_TRUE(eventually([&] { return party->pids().size() == 3; }));
    host::UsageSampler sampler({party->usage_source(true)}, now(), now() + 1h);
    EXPECT_GT(must(sampler.finish_now()).parties.at(0).anonymous.peak.count, 10'000U);
}

/// What a daemon does, and more: sessions, groups, orphans of orphans, an empty environment.
constexpr const char* k_escapes =
    "setsid sleep 96 & (setsid sleep 97 &) & (setsid env -i setsid sh -c '(sleep 98 &); exec sleep 99' &) & "
    "exec sleep 60";

std::vector<pid_t> escaped() {
    std::vector<pid_t> found;
    for (const host::ProcessEntry& process : host::all_processes()) {
        const std::string words = text_of(fmt::format("/proc/{}/cmdline", process.identity.pid));
        for (const char* seconds : {"96", "97", "98", "99"})
            if (!process.dead && words == std::string("sleep") + '\0' + seconds + '\0')
                found.push_back(process.identity.pid);
    }
    return found;
}

TEST_F(ProcessRuntimeTest, WithoutCgroupsNoDescendantOutlivesIt) {
    const host::Process bystander = must(host::Process::start(shell("exec sleep 60")));
    {
        const auto party = must(start_bare(script(k_escapes), {.name = "contender-a"}));
        ASSERT_TRUE(eventually([&] { return escaped().size() == 4; }));
        party->stop(1s);
        EXPECT_EQ(escaped(), std::vector<pid_t>{});
    }
    {
        const auto party = must(start_bare(script(k_escapes), {.name = "contender-a"}));
        ASSERT_TRUE(eventually([&] { return escaped().size() == 4; }));
    }
    EXPECT_EQ(escaped(), std::vector<pid_t>{}) << "at the end of its life as well";
    EXPECT_TRUE(bystander.running());
}

TEST_F(ProcessRuntimeTest, WithoutCgroupsOnePartysEndLeavesTheOther) {
    const auto contender = must(start_bare(script("exec sleep 60"), {.name = "contender-a"}));
    const auto database = must(start_bare(script("sleep 61 & exec sleep 60"), {.name = "database"}));
    ASSERT_TRUE(eventually([&] { return database->pids().size() == 2; }));
    contender->stop(1s);
    EXPECT_EQ(database->pids().size(), 2U);
}

TEST_F(ProcessRuntimeTest, AProgramThatDoesNotExistLeavesNoGroup) {
    Program program = script("");
    program.command = {"/no/such/program"};
    const auto party = start(program, limited());
    ASSERT_FALSE(party);
    EXPECT_NE(party.error().message.find("No such file or directory"), std::string::npos)
        << party.error().message;
    for (const Path& directory : cgroups.run_directories(run.id()))
        EXPECT_FALSE(std::filesystem::exists(directory / "contender-a"));
}

TEST_F(ProcessRuntimeTest, SeveralRunSideBySide) {
    const auto contender = must(start(script("exec sleep 60"), limited()));
    Confinement database = limited(Bytes{32 << 20});
    database.name = "database";
    const auto other = must(start(script("exec sleep 60"), database));
    EXPECT_EQ(contender->pids(), std::vector<pid_t>{contender->pid()});
    EXPECT_EQ(other->pids(), std::vector<pid_t>{other->pid()});
    EXPECT_EQ(must(other->limits_in_force()).memory, Bytes{32 << 20});
}

TEST_F(ProcessRuntimeTest, CanBeReplacedByItsSuccessor) {
    std::unique_ptr<Party> party = must(start(script("exec sleep 60"), limited()));
    const host::ProcessIdentity first = host::identify(party->pid()).value();
    Confinement next = limited();
    next.name = "contender-b";
    party = must(start(script("exec sleep 60"), next));
    EXPECT_FALSE(host::alive(first));
    EXPECT_TRUE(party->running());
    EXPECT_EQ(party->name(), "contender-b");
}

TEST_F(ProcessRuntimeTest, PassesASignalOn) {
    const auto party =
        must(start(script("trap 'exit 7' USR1; echo ready; while :; do sleep 0.02; done"), limited()));
    ASSERT_TRUE(eventually([&] { return text_of(place.path() / "log") == "ready\n"; }));
    party->signal(SIGUSR1);
    ASSERT_TRUE(party->wait_for(20s));
    EXPECT_EQ(party->description(), "exited with code 7");
}

}  // namespace
}  // namespace joust::runtime
