#include "host/speed_sampler.hpp"

#include <gmock/gmock.h>
#include <sys/resource.h>
#include <unistd.h>

#include <numeric>

#include "host/cgroup.hpp"
#include "host/cpu_layout.hpp"
#include "support.hpp"

namespace joust::host {
namespace {

using namespace joust::test;
using ::testing::AllOf;
using ::testing::Ge;
using ::testing::Le;

std::vector<int> first_cpu() {
    return {read_topology().cores.at(0).at(0)};
}

SpeedSampler sampler_of(const std::vector<int>& cpus) {
    return must(SpeedSampler::start(cpus));
}

TEST(SpeedOf, IsSamplesPerMillisecondOfTheMeanDuration) {
    std::vector<float> durations(50, 4000);
    EXPECT_EQ(speed_of(durations), (CpuSpeed{250, 50}));
    durations.resize(100, 6000);
    EXPECT_EQ(speed_of(durations), (CpuSpeed{200, 100})) << "5 us on average";
}

TEST(SpeedOf, LeavesOutWhatTookLongerThanFourTimesTheMedian) {
    std::vector<float> durations(60, 4000);
    durations.push_back(16'001);
    durations.insert(durations.begin(), 1e9F);
    EXPECT_EQ(speed_of(durations), (CpuSpeed{250, 60}));
    durations.assign(60, 4000);
    durations.resize(80, 16'000);
    EXPECT_EQ(speed_of(durations), (CpuSpeed{1 / 0.007, 80})) << "four times is no more than that";
}

TEST(SpeedOf, NeedsFiftySamplesThatWereNotInterrupted) {
    std::vector<float> durations(49, 4000);
    EXPECT_EQ(speed_of(durations), std::nullopt);
    durations.push_back(1e6F);
    EXPECT_EQ(speed_of(durations), std::nullopt);
    EXPECT_EQ(speed_of({}), std::nullopt);
}

TEST(CpusForSpeed, AreSixteenAtMostEvenlyChosen) {
    std::vector<int> cpus(16);
    std::iota(cpus.begin(), cpus.end(), 3);
    EXPECT_EQ(cpus_for_speed(cpus), cpus);
    cpus.resize(32);
    std::iota(cpus.begin(), cpus.end(), 0);
    EXPECT_EQ(cpus_for_speed(cpus),
              (std::vector<int>{0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30}));
}

TEST(SpeedSampler, MeasuresSomeHundredTimesASecondWithinItsWindow) {
    SpeedSampler sampler = sampler_of(first_cpu());
    const TimePoint start = now() + 100ms;
    sampler.begin(start, start + 1200ms);
    const std::optional<CpuSpeed> speed = sampler.finish();
    EXPECT_GE(now(), start + 1200ms);
    ASSERT_TRUE(speed) << "this test needs the right to real-time priority";
    // No core does 32 000 additions in a microsecond, and none takes two milliseconds.
    EXPECT_THAT(speed->samples_per_ms, AllOf(Ge(0.5), Le(1000)));
    EXPECT_THAT(speed->samples, AllOf(Ge(k_least_speed_samples), Le(240U))) << "120 on average";
    EXPECT_EQ(sampler.finish(), std::nullopt) << "without another window";
    sampler.begin(now(), now() + 1s);
    EXPECT_TRUE(sampler.finish()) << "of another trial";
}

TEST(SpeedSampler, ToldToCloseItsWindowAnswersAtOnce) {
    SpeedSampler sampler = sampler_of(first_cpu());
    const TimePoint begun = now();
    sampler.begin(begun, begun + 1h);
    std::this_thread::sleep_for(2s);
    EXPECT_TRUE(sampler.finish_now()) << "two seconds are enough";
    sampler.begin(now() + 1h, now() + 2h);
    EXPECT_EQ(sampler.finish_now(), std::nullopt) << "it had not begun";
    sampler.begin(now(), now() + 1h);
    sampler.begin(now(), now());
    EXPECT_EQ(sampler.finish(), std::nullopt) << "the one before was given up";
    EXPECT_LT(now() - begun, 30s);
}

TEST(SpeedSampler, EndsWithItsOwnerInTheMiddleOfAWindow) {
    const TimePoint begun = now();
    {
        SpeedSampler sampler = sampler_of(first_cpu());
        sampler.begin(begun, begun + 1h);
    }
    EXPECT_LT(now() - begun, 30s);
}

TEST(SpeedSampler, OfACpuThatIsNotThereSaysNothing) {
    SpeedSampler sampler = sampler_of({first_cpu().front(), 1000});
    const TimePoint start = now();
    sampler.begin(start, start + 1s);
    EXPECT_EQ(sampler.finish(), std::nullopt);
    SpeedSampler of_none = sampler_of({});
    of_none.begin(start, start + 1s);
    EXPECT_EQ(of_none.finish(), std::nullopt);
}

/// Takes from this process what allows real-time priority, as long as it lives.
class NoRealTime {
public:
    NoRealTime() : user_(::geteuid()) {
        ::getrlimit(RLIMIT_RTPRIO, &before_);
        const rlimit none{.rlim_cur = 0, .rlim_max = before_.rlim_max};
        EXPECT_EQ(::setrlimit(RLIMIT_RTPRIO, &none), 0);
        EXPECT_EQ(::seteuid(user_ == 0 ? k_nobody : user_), 0);
    }
    NoRealTime(const NoRealTime&) = delete;
    NoRealTime& operator=(const NoRealTime&) = delete;
    ~NoRealTime() {
        EXPECT_EQ(::seteuid(user_), 0);
        EXPECT_EQ(::setrlimit(RLIMIT_RTPRIO, &before_), 0);
    }

private:
    static constexpr uid_t k_nobody = 65534;
    uid_t user_;
    rlimit before_{};
};

TEST(SpeedSampler, SaysNothingWhereItWouldHaveToTakeTurnsWithWhatRunsThere) {
    const NoRealTime not_allowed;
    SpeedSampler sampler = sampler_of(first_cpu());
    sampler.begin(now(), now() + 1s);
    EXPECT_EQ(sampler.finish(), std::nullopt);
}

TEST(SpeedSampler, StaysOnCpusThatTheGroupOfThisProcessDoesNotAllowLater) {
    const CgroupHost host = cgroups_with_limits();
    const std::vector<std::vector<int>> cores = read_topology().cores;
    const int mine = cores.front().front();
    const int other = cores.back().back();
    if (mine == other) return;  // on one CPU no group can leave one out
    const std::string run = unique_run();
    ASSERT_TRUE(host.prepare());
    {
        SpeedSampler sampler = sampler_of({other});
        const OwnGroup own = must(OwnGroup::enter(host, run, {.cpus = {mine}}));
        SpeedSampler late = sampler_of({other});
        sampler.begin(now(), now() + 1s);
        late.begin(now(), now() + 1s);
        EXPECT_TRUE(sampler.finish());
        EXPECT_EQ(late.finish(), std::nullopt);
    }
    for (const Path& directory : host.run_directories(run))
        EXPECT_TRUE(kill_and_remove_group(directory));
}

}  // namespace
}  // namespace joust::host
