// These tests set limits for real; they need root (or a delegated cgroup) and fail in clear words without.
#include "host/cgroup.hpp"

#include <signal.h>

#include <algorithm>

#include "base/kernel_text.hpp"
#include "base/text.hpp"
#include "host/own_throttling.hpp"
#include "support.hpp"

namespace joust::host {
namespace {

using namespace joust::test;

class CgroupTest : public testing::Test {
protected:
    void SetUp() override {
        if (HasFailure()) GTEST_FAIL() << "no limits on this host";
    }
    void TearDown() override {
        for (const Path& directory : host.run_directories(run)) {
            EXPECT_TRUE(kill_and_remove_group(directory));
            EXPECT_FALSE(std::filesystem::exists(directory));
        }
    }
    Cgroup group(const std::string& party, std::optional<model::Limits> limits,
                 std::optional<CpuShare> share = {}) {
        return must(
            Cgroup::create(host, {.run = run, .party = party, .limits = limits, .cpu = std::move(share)}));
    }
    Process start(const Cgroup& in, const std::string& script) {
        ProcessSpec spec = shell(script);
        spec.cgroup = in.entrances();
        return must(Process::start(spec));
    }

    const CgroupHost host = cgroups_with_limits();
    const std::string run = unique_run();
    const int cpu = read_topology().cores.at(0).at(0);
    static constexpr Bytes k_limit{64 << 20};
};

TEST_F(CgroupTest, LimitsAreReadBackAsSet) {
    const Cgroup limited = group("a", model::Limits{.cpus = 1.0, .memory = k_limit}, CpuShare{.cpus = {cpu}});
    const model::LimitsInForce in_force = must(limited.read_limits());
    EXPECT_EQ(in_force.cpu_set, std::vector<int>{cpu});
    EXPECT_EQ(in_force.cpu_quota, std::nullopt);
    EXPECT_EQ(in_force.memory, k_limit);
    EXPECT_TRUE(in_force.swap_off);
    EXPECT_EQ(in_force.cgroup_version, name(host.version()));
}

TEST_F(CgroupTest, WithoutASetTheCpusAreLimitedByQuota) {
    const Cgroup limited = group("a", model::Limits{.cpus = 1.5, .memory = k_limit});
    EXPECT_EQ(must(limited.read_limits()).cpu_quota, 1.5);
}

TEST_F(CgroupTest, WithoutLimitsNothingIsLimited) {
    const Cgroup open = group("a", std::nullopt);
    const model::LimitsInForce in_force = must(open.read_limits());
    EXPECT_EQ(in_force.cpu_quota, std::nullopt);
    EXPECT_EQ(in_force.memory, std::nullopt);
    EXPECT_FALSE(in_force.swap_off);
}

TEST_F(CgroupTest, AProcessThatEatsMemoryIsKilledAtItsLimit) {
    const Cgroup limited = group("a", model::Limits{.cpus = 1.0, .memory = k_limit});
    const Process eater =
        start(limited, "exec tail /dev/zero");  // tail keeps the endless last line in memory
    const std::optional<ExitStatus> status = eater.wait_for(60s);
    ASSERT_TRUE(status);
    EXPECT_EQ(status->signal, SIGKILL);
    EXPECT_EQ(must(limited.oom_kills()), 1U);
}

TEST_F(CgroupTest, OneThatStaysBelowItIsNot) {
    const Cgroup limited = group("a", model::Limits{.cpus = 1.0, .memory = k_limit});
    const Process process = start(limited, "head -c 20000000 /dev/zero | tail -c 1 > /dev/null");
    EXPECT_EQ(process.wait_for(60s), ExitStatus{.code = 0});
    EXPECT_EQ(must(limited.oom_kills()), 0U);
}

TEST_F(CgroupTest, TwoBusyProcessesGetTheOneCpuOfTheirSet) {
    const Cgroup limited =
        group("a", model::Limits{.cpus = 1.0, .memory = k_limit}, CpuShare{.cpus = {cpu}, .weight = 10'000});
    const Process eater = start(limited, "(while :; do :; done) & while :; do :; done");
    std::this_thread::sleep_for(100ms);
    const TimePoint begin = now();
    const UsageCounters before = must(limited.read());
    std::this_thread::sleep_for(1500ms);
    const model::CpuTime used = cpu_between(before, must(limited.read()));
    const double cpus = seconds(used.total()) / seconds(now() - begin);
    EXPECT_LT(cpus, 1.05);
    EXPECT_GT(cpus, 0.4) << "whatever else runs here weighs a hundredth";
    EXPECT_GT(used.user, used.system);
}

TEST_F(CgroupTest, TwoBusyProcessesAreHeldToTheirQuotaAndTheThrottlingShows) {
    const Cgroup limited = group("a", model::Limits{.cpus = 0.5, .memory = k_limit});
    const Process eater = start(limited, "(while :; do :; done) & while :; do :; done");
    std::this_thread::sleep_for(200ms);
    const TimePoint begin = now();
    const UsageCounters before = must(limited.read());
    std::this_thread::sleep_for(1500ms);
    const UsageCounters after = must(limited.read());
    const double cpus = seconds(after.cpu_total - before.cpu_total) / seconds(now() - begin);
    // The kernel hands out a quota per 100 ms, so up to one period more than is due can fall into the window.
    EXPECT_LT(cpus, 0.5 * 1.08);
    EXPECT_GT(cpus, 0.3);
    ASSERT_TRUE(before.throttled && after.throttled && before.throttled_periods && after.throttled_periods);
    EXPECT_GT(*after.throttled - *before.throttled, 100ms);
    EXPECT_GE(*after.throttled_periods - *before.throttled_periods, 5U);
}

TEST_F(CgroupTest, AnonymousMemoryIsCountedApartFromThePageCache) {
    const TempDirectory place;
    const Cgroup limited = group("a", model::Limits{.cpus = 1.0, .memory = k_limit});
    const std::string file = (place.path() / "data").string();
    // tail holds what it has read of the last line, and waits for more.
    const Process process = start(limited, "head -c 12000000 /dev/zero > " + file +
                                               "; (head -c 30000000 /dev/zero; exec sleep 60) | tail -n 1");
    EXPECT_TRUE(eventually([&] { return must(limited.read()).anonymous.count > 30'000'000; }));
    const UsageCounters counters = must(limited.read());
    EXPECT_LT(counters.anonymous.count, 42'000'000U);
    EXPECT_GT(counters.page_cache.count, 11'000'000U);
    EXPECT_LT(counters.page_cache.count, 25'000'000U);
}

TEST_F(CgroupTest, GrandchildrenThatMakeSessionsOfTheirOwnAreKilledToo) {
    std::vector<pid_t> pids;
    {
        const Cgroup open = group("a", std::nullopt);
        const Process process = start(open, "setsid sleep 71 & setsid sh -c 'sleep 72 & sleep 73' & exit 0");
        ASSERT_TRUE(process.wait_for(20s));
        ASSERT_TRUE(eventually([&] { return open.pids().size() == 4; }));
        pids = open.pids();
        EXPECT_TRUE(eventually([&] { return process.pids().empty(); }))
            << "the session alone does not know them";
        EXPECT_TRUE(open.kill_all());
        EXPECT_TRUE(open.pids().empty());
    }
    for (const pid_t pid : pids)
        EXPECT_TRUE(dies(pid)) << pid;
}

TEST_F(CgroupTest, ProcessesThatForkFasterThanTheyAreSeenAreKilledToo) {
    const Cgroup open = group("a", std::nullopt);
    // Eight chains in which each process lives only until it has started the next.
    const Process process = start(
        open, R"(export HOP='sh -c "$HOP" &'; i=0; while [ $i -lt 8 ]; do sh -c "$HOP"; i=$((i+1)); done; )"
              "sleep 60");
    // Asked of the kernel's counter: a list of the processes shows but a few of those that come and go so
    // fast.
    const auto running = [&] {
        for (const Path& directory : open.directories())
            if (const auto count = read_file(directory / "pids.current")) return std::stoi(*count);
        return 0;
    };
    ASSERT_TRUE(eventually([&] { return running() > 8; })) << running();
    EXPECT_TRUE(open.kill_all());
    std::this_thread::sleep_for(50ms);
    EXPECT_TRUE(open.pids().empty());
}

TEST_F(CgroupTest, IsGoneAtTheEndOfItsLife) {
    std::vector<Path> directories;
    {
        const Cgroup open = group("a", std::nullopt);
        directories = open.directories();
        for (const Path& directory : directories)
            EXPECT_TRUE(std::filesystem::exists(directory)) << directory;
    }
    ASSERT_FALSE(directories.empty());
    for (const Path& directory : directories)
        EXPECT_FALSE(std::filesystem::exists(directory)) << directory;
}

TEST_F(CgroupTest, AGroupOfTheSameNameLeftOverIsReplaced) {
    const Cgroup first = group("a", std::nullopt);
    const Process process = start(first, "sleep 74");
    const Cgroup second = group("a", std::nullopt);
    EXPECT_TRUE(process.wait_for(20s));
    EXPECT_TRUE(second.pids().empty());
}

TEST_F(CgroupTest, OwnGroupPlacesThisProcessAndLetsItGoAgain) {
    const std::string before = text_of("/proc/self/cgroup");
    {
        const OwnGroup own = must(OwnGroup::enter(host, run, {.cpus = {cpu}, .weight = 1000}));
        EXPECT_EQ(read_topology().cores, (std::vector<std::vector<int>>{{cpu}}));
        const std::vector<pid_t> pids = own.group().pids();
        EXPECT_NE(std::find(pids.begin(), pids.end(), ::getpid()), pids.end());
        EXPECT_GT(must(own.group().read()).anonymous.count, 100'000U);
    }
    // In a delegated group it had to make way; it goes back with the end of the run.
    for (const Path& directory : host.run_directories(run))
        EXPECT_TRUE(kill_and_remove_group(directory));
    EXPECT_EQ(text_of("/proc/self/cgroup"), before);
}

TEST_F(CgroupTest, AProcessKnowsHowLongItsOwnGroupHeldItBack) {
    const OwnGroup own = must(OwnGroup::enter(host, run, {.quota = 0.1}));
    const OwnThrottling throttling;
    const TimePoint give_up = now() + 20s;
    while (throttling.since_start() == 0ns && now() < give_up) {
    }
    EXPECT_GT(throttling.since_start(), 0ns);
}

TEST_F(CgroupTest, PeriodsInWhichItsQuotaRanOutAreCounted) {
    const Cgroup limited = group("a", model::Limits{.cpus = 0.1, .memory = k_limit});
    const Process busy = start(limited, "while :; do :; done");
    EXPECT_TRUE(eventually([&] { return must(limited.read()).throttled_periods > 2U; }));
    EXPECT_GT(must(limited.read()).throttled, 0ns);
}

/// A new group of version 2, wherever that is mounted: on a host of version 1 without controllers.
Path new_group_of_version_2(const CgroupHost& host, const std::string& name) {
    if (host.version() == CgroupVersion::v2) return host.hierarchies().at(0).base / name;
    const std::string mounts = text_of("/proc/self/mountinfo");
    for (const std::string_view line : split(mounts, '\n'))
        if (line.find(" - cgroup2 ") != std::string_view::npos)
            return Path(std::string(split(line, ' ').at(4))) / name;
    ADD_FAILURE() << "cgroups v2 are mounted nowhere: `mount -t cgroup2 none /sys/fs/cgroup/unified` as root";
    return {};
}

TEST_F(CgroupTest, AFrozenGroupIsKilledAndRemovedToo) {
    const Path frozen = new_group_of_version_2(host, run);
    ASSERT_TRUE(std::filesystem::create_directories(frozen / "below"));
    ProcessSpec spec = shell("sleep 75 & while :; do :; done");
    spec.cgroup = {frozen / "below/cgroup.procs"};
    const Process process = must(Process::start(spec));
    ASSERT_TRUE(write_control(frozen / "cgroup.freeze", "1"));
    ASSERT_TRUE(
        eventually([&] { return in(number_table(text_of(frozen / "cgroup.events")), "frozen") == 1; }));
    EXPECT_TRUE(kill_and_remove_group(frozen));
    EXPECT_FALSE(std::filesystem::exists(frozen));
    EXPECT_TRUE(process.wait_for(20s));
}

TEST_F(CgroupTest, TheHigherWeightGetsMoreOfASharedCpu) {
    const Cgroup light = group("light", std::nullopt, CpuShare{.cpus = {cpu}, .weight = 100});
    const Cgroup heavy = group("heavy", std::nullopt, CpuShare{.cpus = {cpu}, .weight = 1000});
    const Process first = start(light, "while :; do :; done");
    const Process second = start(heavy, "while :; do :; done");
    ASSERT_TRUE(eventually([&] { return must(heavy.read()).cpu_total > 10ms; }));
    const Nanoseconds light_before = must(light.read()).cpu_total;
    const Nanoseconds heavy_before = must(heavy.read()).cpu_total;
    std::this_thread::sleep_for(1500ms);
    EXPECT_GT(must(heavy.read()).cpu_total - heavy_before, 3 * (must(light.read()).cpu_total - light_before));
}

TEST_F(CgroupTest, AnImpossibleLimitIsAnErrorThatNamesFileAndValue) {
    const Result<Cgroup> made =
        Cgroup::create(host, {.run = run, .party = "a", .cpu = CpuShare{.cpus = {8000}}});
    ASSERT_FALSE(made);
    EXPECT_NE(made.error().message.find("cpuset.cpus"), std::string::npos) << made.error().message;
    EXPECT_NE(made.error().message.find("8000"), std::string::npos) << made.error().message;
    for (const Path& directory : host.run_directories(run))
        EXPECT_FALSE(std::filesystem::exists(directory / "a"));
}

}  // namespace
}  // namespace joust::host
