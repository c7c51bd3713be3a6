// Files as kernels of both versions write them, in a directory of the test's own.
#include "host/group_files.hpp"

#include "support.hpp"

namespace joust::host {
namespace {

using namespace joust::test;

constexpr Bytes k_gibibyte{1U << 30};

GroupFiles version_2(const TempDirectory& place) {
    return {.version = CgroupVersion::v2,
            .places = {
                {place.path(), {Controller::cpu, Controller::cpuset, Controller::memory, Controller::pids}}}};
}

TEST(GroupFilesV2, ReadsLimits) {
    const TempDirectory place;
    place.write("cpuset.cpus.effective", "2-3\n");
    place.write("cpu.max", "150000 100000\n");
    place.write("memory.max", "1073741824\n");
    place.write("memory.swap.max", "0\n");
    EXPECT_EQ(must(version_2(place).read_limits()), (model::LimitsInForce{.cpu_set = {2, 3},
                                                                          .cpu_quota = 1.5,
                                                                          .memory = k_gibibyte,
                                                                          .swap_off = true,
                                                                          .cgroup_version = "v2"}));
}

TEST(GroupFilesV2, ReadsTheAbsenceOfLimits) {
    const TempDirectory place;
    place.write("cpuset.cpus.effective", "0\n");
    place.write("cpu.max", "max 100000\n");
    place.write("memory.max", "max\n");
    place.write("memory.swap.max", "max\n");
    EXPECT_EQ(must(version_2(place).read_limits()),
              (model::LimitsInForce{.cpu_set = {0}, .cgroup_version = "v2"}));
}

TEST(GroupFilesV2, WritesLimits) {
    const TempDirectory place;
    for (const char* file : {"cpuset.cpus", "cpu.weight", "cpu.max", "memory.max", "memory.swap.max"})
        place.write(file, "");
    ASSERT_TRUE(version_2(place).set_limits({.cpus = {1, 2}, .quota = 0.5, .weight = 1000}, k_gibibyte));
    EXPECT_EQ(text_of(place.path() / "cpuset.cpus"), "1-2");
    EXPECT_EQ(text_of(place.path() / "cpu.weight"), "1000");
    EXPECT_EQ(text_of(place.path() / "cpu.max"), "50000 100000");
    EXPECT_EQ(text_of(place.path() / "memory.max"), "1073741824");
    EXPECT_EQ(text_of(place.path() / "memory.swap.max"), "0");
}

TEST(GroupFilesV2, ReadsUsage) {
    const TempDirectory place;
    place.write("cpu.stat",
                "usage_usec 3000\nuser_usec 2000\nsystem_usec 1000\nnr_periods 9\nnr_throttled "
                "4\nthrottled_usec 77\n");
    place.write("memory.stat", "anon 100\nfile 50\nshmem 20\n");
    place.write("memory.events", "low 0\nhigh 0\nmax 12\noom 2\noom_kill 3\n");
    const UsageCounters counters = must(version_2(place).read_usage());
    EXPECT_EQ(counters.cpu_total, 3ms);
    EXPECT_EQ(counters.cpu_split, (model::CpuTime{2ms, 1ms}));
    EXPECT_EQ(counters.throttled, 77us);
    EXPECT_EQ(counters.throttled_periods, 4U);
    EXPECT_EQ(counters.anonymous, Bytes{120}) << "shared memory is held, not cached";
    EXPECT_EQ(counters.page_cache, Bytes{30});
    EXPECT_EQ(must(version_2(place).oom_kills()), 3U);
}

TEST(GroupFilesV2, WithoutACpuControllerThrottlingIsUnknownNotZero) {
    const TempDirectory place;
    place.write("cpu.stat", "usage_usec 3000\nuser_usec 2000\nsystem_usec 1000\n");
    place.write("memory.stat", "anon 100\nfile 50\nshmem 20\n");
    const UsageCounters counters = must(version_2(place).read_usage());
    EXPECT_EQ(counters.throttled, std::nullopt);
    EXPECT_EQ(counters.throttled_periods, std::nullopt);
}

TEST(GroupFilesV1, ReadsUsageFromSeparateDirectories) {
    const TempDirectory place;
    place.write("cpuacct/cpuacct.usage", "35000000\n");
    place.write("cpuacct/cpuacct.stat", "user 2\nsystem 1\n");
    place.write("cpu/cpu.stat", "nr_periods 9\nnr_throttled 4\nthrottled_time 77\n");
    place.write("memory/memory.stat", "rss 1\ntotal_cache 50\ntotal_rss 100\ntotal_shmem 20\n");
    const GroupFiles files{.version = CgroupVersion::v1,
                           .places = {{place.path() / "cpuacct", {Controller::cpuacct}},
                                      {place.path() / "cpu", {Controller::cpu}},
                                      {place.path() / "memory", {Controller::memory}}}};
    const UsageCounters counters = must(files.read_usage());
    EXPECT_EQ(counters.cpu_total, 35ms);
    EXPECT_EQ(counters.cpu_split, (model::CpuTime{20ms, 10ms}));
    EXPECT_EQ(counters.throttled, 77ns);
    EXPECT_EQ(counters.anonymous, Bytes{120});
    EXPECT_EQ(counters.page_cache, Bytes{30});
}

TEST(GroupFilesV1, WithoutSwapAccountingSwappinessTells) {
    const TempDirectory place;
    place.write("memory.limit_in_bytes", "1073741824\n");
    place.write("memory.swappiness", "0\n");
    const GroupFiles files{.version = CgroupVersion::v1, .places = {{place.path(), {Controller::memory}}}};
    EXPECT_TRUE(must(files.read_limits()).swap_off);
    place.write("memory.swappiness", "60\n");
    EXPECT_FALSE(must(files.read_limits()).swap_off);
}

TEST(GroupFiles, ProcessesOfOtherPidNamespacesAreLeftOut) {
    const TempDirectory place;
    place.write("cgroup.procs", "0\n12\n");
    place.write("below/cgroup.procs", "34\n12\n");
    EXPECT_EQ(version_2(place).pids(), (std::vector<pid_t>{12, 34}));
}

TEST(CpuBetween, SplitsTheExactTotalInProportionOfTheTicks) {
    const UsageCounters begin{.cpu_total = 1s, .cpu_split = {600ms, 400ms}};
    const UsageCounters end{.cpu_total = 2s, .cpu_split = {1350ms, 650ms}};
    EXPECT_EQ(cpu_between(begin, end), (model::CpuTime{750ms, 250ms}));
}

TEST(CpuBetween, LessThanATickCountsAsUserTime) {
    EXPECT_EQ(cpu_between({}, {.cpu_total = 3ms}), (model::CpuTime{3ms, 0ms}));
    EXPECT_EQ(cpu_between({.cpu_total = 3ms}, {.cpu_total = 2ms}), model::CpuTime{});
}

}  // namespace
}  // namespace joust::host
