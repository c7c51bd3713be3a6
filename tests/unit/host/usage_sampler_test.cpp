#include "host/usage_sampler.hpp"

#include <sys/syscall.h>
#include <time.h>

#include <atomic>

#include "host/cgroup.hpp"
#include "support.hpp"

namespace joust::host {
namespace {

using namespace joust::test;

/// Works until this thread has used so much CPU time since its start.
void burn(Nanoseconds cpu_time) {
    timespec used{};
    do
        ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    while (std::chrono::seconds(used.tv_sec) + Nanoseconds(used.tv_nsec) < cpu_time);
}

/// A busy shell in a group of its own that outweighs its surroundings.
struct BusyGroup {
    CgroupHost host = cgroups_with_limits();
    std::string run = unique_run();
    Cgroup group = must(Cgroup::create(host, {.run = run, .party = "a", .cpu = CpuShare{.weight = 1000}}));
    Process process = [this] {
        ProcessSpec spec = shell("while :; do :; done");
        spec.cgroup = group.entrances();
        return must(Process::start(spec));
    }();
    ~BusyGroup() {
        for (const Path& directory : host.run_directories(run))
            EXPECT_TRUE(kill_and_remove_group(directory));
    }
};

/// CPU time of a whole process so far.
Nanoseconds cpu_time(pid_t pid) {
    clockid_t clock{};
    timespec time{};
    EXPECT_EQ(::clock_getcpuclockid(pid, &clock), 0);
    EXPECT_EQ(::clock_gettime(clock, &time), 0);
    return std::chrono::seconds(time.tv_sec) + Nanoseconds(time.tv_nsec);
}

TEST(UsageSampler, OfCpusCountsWhateverRunsOnThem) {
    const int cpu = read_topology().cores.at(0).at(0);
    std::atomic<bool> done = false;
    std::thread busy([&] {
        cpu_set_t one;
        CPU_ZERO(&one);
        CPU_SET(cpu, &one);
        EXPECT_EQ(::sched_setaffinity(0, sizeof one, &one), 0);
        while (!done)
            burn(50ms);
    });
    const TimePoint start = now();
    UsageSampler sampler({CpuSource{{cpu}}}, start, start + 600ms);
    const WindowUsage window = must(sampler.finish());
    done = true;
    busy.join();
    // A thread that never sleeps keeps it busy; what else runs there only adds. The rest is interrupts and
    // steal.
    EXPECT_GT(window.parties[0].cpu.total(), 300ms);
    EXPECT_LE(window.parties[0].cpu.total(), window.end - window.begin + 50ms)
        << "one CPU, at the kernel's tick";
    EXPECT_EQ(window.parties[0].run_delay, std::nullopt);
}

TEST(UsageSampler, CountsOnlyWhatHappensInItsWindow) {
    const BusyGroup busy;
    std::this_thread::sleep_for(300ms);  // used before the window: must not count
    const TimePoint start = now() + 200ms;
    UsageSampler sampler({GroupSource{.group = &busy.group.files(), .threads = true}}, start, start + 600ms);
    // What the process had used by when, so that a busy host, which gives it little, does not matter.
    std::vector<std::pair<TimePoint, Nanoseconds>> used;
    while (used.empty() || used.back().first < start + 900ms) {
        used.emplace_back(now(), cpu_time(busy.process.pid()));
        std::this_thread::sleep_for(2ms);
    }
    const WindowUsage window = must(sampler.finish());
    EXPECT_GE(window.begin, start);
    EXPECT_GE(window.end, start + 600ms);
    used.emplace_back(now(), cpu_time(busy.process.pid()));

    // The last reading before `time`, and the first one after it.
    const auto around = [&used](TimePoint time) {
        std::size_t after = 1;
        while (after + 1 < used.size() && used[after].first < time)
            ++after;
        return std::pair(used[after - 1].second, used[after].second);
    };
    const auto [before_begin, after_begin] = around(window.begin);
    const auto [before_end, after_end] = around(window.end);
    constexpr auto k_tick = 20ms;  // the group's counter is brought up to date once a tick
    EXPECT_LE(window.parties.at(0).cpu.total(), after_end - before_begin + k_tick);
    EXPECT_GE(window.parties[0].cpu.total(), before_end - after_begin - k_tick);
    EXPECT_GT(before_end, after_begin) << "the process did nothing: the bounds show nothing";
    EXPECT_TRUE(window.parties[0].throttled.has_value());
    EXPECT_TRUE(window.parties[0].involuntary_context_switches.has_value());
}

TEST(UsageSampler, WithoutThreadsSwitchesAreUnknownNotZero) {
    const BusyGroup busy;
    UsageSampler sampler({GroupSource{.group = &busy.group.files()}}, now(), now() + 1h);
    const WindowUsage window = must(sampler.finish_now());
    EXPECT_EQ(window.parties.at(0).voluntary_context_switches, std::nullopt);
    EXPECT_EQ(window.parties[0].run_delay, std::nullopt);
}

TEST(UsageSampler, CountsWhatAPartyWritesToStorageInItsWindow) {
    // /var/tmp is on a disk where /tmp may be memory, which is no storage.
    std::string directory = "/var/tmp/joust-written-XXXXXX";
    ASSERT_NE(::mkdtemp(directory.data()), nullptr);
    const Path before = Path(directory) / "before";
    const Path within = Path(directory) / "within";
    const Path go = Path(directory) / "go";
    // The shell itself writes: what a process wrote that ends within the window is lost with it.
    const Process process = must(Process::start(
        shell(fmt::format("s=$(head -c 400000 /dev/zero | tr '\\0' x); printf %s \"$s\" > {}; "
                          "until [ -e {} ]; do sleep 0.02; done; printf %s \"$s$s\" > {}; sleep 60",
                          before.string(), go.string(), within.string()))));
    const auto size = [](const Path& file) {
        std::error_code missing;
        const auto bytes = std::filesystem::file_size(file, missing);
        return missing ? 0 : bytes;
    };
    ASSERT_TRUE(eventually([&] { return size(before) == 400'000; }));
    UsageSampler sampler({SessionSource{process.pid()}}, now(), now() + 1h);
    std::this_thread::sleep_for(500ms);  // the first edge is read
    ASSERT_TRUE(write_atomically(go, ""));
    ASSERT_TRUE(eventually([&] { return size(within) == 800'000; }));
    const model::Usage used = must(sampler.finish_now()).parties.at(0);
    std::filesystem::remove_all(directory);
    const auto written = used.storage_written;
    ASSERT_TRUE(used.bytes_written.has_value() && used.bytes_read.has_value());
    EXPECT_GE(used.bytes_written->count, 800'000U);
    EXPECT_LT(used.bytes_written->count, 1'000'000U);
    EXPECT_LT(used.bytes_read->count, 400'000U) << "the shell read its text before the window";
    ASSERT_TRUE(written.has_value());
    EXPECT_GE(written->count, 800'000U);
    EXPECT_LT(written->count, 1'000'000U) << "what it wrote before the window counts, too";
}

TEST(UsageSampler, SeesThePeakBetweenTheEdges) {
    const CgroupHost host = cgroups_with_limits();
    const std::string run = unique_run();
    {
        const Cgroup group = must(Cgroup::create(host, {.run = run, .party = "a"}));
        ProcessSpec spec =
            shell("sleep 0.2; (head -c 40000000 /dev/zero; sleep 0.3) | tail -n 1 > /dev/null; sleep 60");
        spec.cgroup = group.entrances();
        const Process process = must(Process::start(spec));
        UsageSampler sampler({GroupSource{.group = &group.files()}}, now(), now() + 1h, 20ms);
        ASSERT_TRUE(eventually([&] { return must(group.read()).anonymous.count > 40'000'000; }));
        ASSERT_TRUE(eventually([&] { return must(group.read()).anonymous.count < 10'000'000; }));
        const model::Usage usage = must(sampler.finish_now()).parties.at(0);
        EXPECT_GT(usage.anonymous.peak.count, 40'000'000U);
        EXPECT_LT(usage.anonymous.mean.count, 40'000'000U);
    }
    for (const Path& directory : host.run_directories(run))
        EXPECT_TRUE(kill_and_remove_group(directory));
}

// A container's group goes with its last process.
TEST(UsageSampler, OfAGroupThatVanishesKeepsTheLastCounters) {
    TempDirectory place;
    const Path group = place.path() / "group";
    std::filesystem::create_directories(group);
    const auto write = [&](int used) {
        EXPECT_TRUE(write_atomically(group / "cpu.stat", fmt::format("usage_usec {}\n", used)));
        EXPECT_TRUE(write_atomically(group / "memory.stat", "anon 4096\nfile 0\nshmem 0\n"));
    };
    write(1000);
    const GroupFiles files{.version = CgroupVersion::v2,
                           .places = {{group, {Controller::cpu, Controller::memory}}}};
    for (const bool may_vanish : {true, false}) {
        write(1000);
        UsageSampler sampler({GroupSource{.group = &files, .may_vanish = may_vanish}}, now(), now() + 1h,
                             5ms);
        std::this_thread::sleep_for(100ms);  // the first edge is read
        write(3000);
        std::this_thread::sleep_for(100ms);
        std::filesystem::remove(group / "cpu.stat");
        std::this_thread::sleep_for(100ms);
        const auto usage = sampler.finish_now();
        ASSERT_EQ(usage.has_value(), may_vanish);
        if (!may_vanish) continue;
        EXPECT_EQ(usage->parties.at(0).cpu.total(), 2ms);
        EXPECT_EQ(usage->parties.at(0).anonymous.peak, Bytes{4096});
    }
}

TEST(UsageSampler, ReadsASessionWhereThereIsNoGroup) {
    const Process process =
        must(Process::start(shell("while :; do sleep 0.01; i=0; while [ $i -lt 3000 ]; do "
                                  "i=$((i+1)); done; done")));
    std::this_thread::sleep_for(100ms);
    UsageSampler sampler({SessionSource{.session = process.pid()}}, now(), now() + 1h);
    const Nanoseconds before = cpu_time(process.pid());
    ASSERT_TRUE(eventually([&] { return cpu_time(process.pid()) - before > 100ms; }));
    std::this_thread::sleep_for(100ms);
    const model::Usage usage = must(sampler.finish_now()).parties.at(0);
    EXPECT_GT(usage.cpu.total(), 30ms);
    EXPECT_GT(usage.anonymous.mean.count, 10'000U);
    EXPECT_GT(usage.voluntary_context_switches.value_or(0), 0U);
    EXPECT_EQ(usage.throttled, std::nullopt);
}

TEST(UsageSampler, CountsOwnThreadsApartFromTheRestOfTheProcess) {
    std::atomic<pid_t> tid{0};
    std::atomic<bool> stop{false};
    std::thread sleeper([&] {
        tid = static_cast<pid_t>(::syscall(SYS_gettid));
        while (!stop)
            std::this_thread::sleep_for(5ms);
    });
    ASSERT_TRUE(eventually([&] { return tid != 0; }));
    const auto self = static_cast<pid_t>(::syscall(SYS_gettid));
    UsageSampler sampler({OwnThreadsSource{.tids = {tid}}, OwnThreadsSource{.tids = {self}}}, now(),
                         now() + 1h);
    timespec before{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &before);
    burn(std::chrono::seconds(before.tv_sec) + Nanoseconds(before.tv_nsec) + 400ms);
    ASSERT_TRUE(eventually([&] { return read_thread(::getpid(), tid)->voluntary_switches > 20; }));
    const WindowUsage window = must(sampler.finish_now());
    stop = true;
    sleeper.join();
    EXPECT_GT(window.parties.at(0).voluntary_context_switches.value_or(0), 10U);
    EXPECT_LT(window.parties[0].cpu.total(), 100ms);
    EXPECT_GE(window.parties.at(1).cpu.total(), 190ms);
    EXPECT_GT(window.parties[1].anonymous.peak.count, 100'000U);
}

TEST(UsageSampler, EndsWithItsOwnerEvenBeforeItsWindow) {
    const TimePoint begin = now();
    {
        const UsageSampler sampler({OwnThreadsSource{}}, now() + 1h, now() + 2h);
    }
    EXPECT_LT(now() - begin, 2s);
}

TEST(UsageSampler, SaysSoWhenAGroupCannotBeRead) {
    const CgroupHost host = cgroups_with_limits();
    const std::string run = unique_run();
    Cgroup group = must(Cgroup::create(host, {.run = run, .party = "a"}));
    ASSERT_TRUE(group.remove());
    UsageSampler sampler({GroupSource{.group = &group.files()}}, now(), now());
    EXPECT_FALSE(sampler.finish());
    for (const Path& directory : host.run_directories(run))
        EXPECT_TRUE(kill_and_remove_group(directory));
}

}  // namespace
}  // namespace joust::host
