#include "probes/speed_probe.hpp"

#include <gtest/gtest.h>

#include "host/cpu_layout.hpp"

namespace joust::probes {
namespace {

using namespace std::chrono_literals;

Result<host::SpeedSampler> sampler_of(int cpu) {
    return host::SpeedSampler::start({cpu});
}

TEST(SpeedProbe, TellsHowFastTheContendersCpusRanInTheWindow) {
    auto sampler = sampler_of(host::read_topology().cores.at(0).at(0));
    ASSERT_TRUE(sampler);
    SpeedProbe probe(*sampler);
    const TimePoint start = now();
    ASSERT_TRUE(probe.begin(start, start + 1s));
    model::TrialResult trial;
    ASSERT_TRUE(probe.finish(trial));
    ASSERT_TRUE(trial.contender_cpu_speed);
    EXPECT_GT(*trial.contender_cpu_speed, 0);
}

TEST(SpeedProbe, SaysNothingOfCpusThatItCannotReach) {
    auto sampler = sampler_of(1000);
    ASSERT_TRUE(sampler);
    SpeedProbe probe(*sampler);
    ASSERT_TRUE(probe.begin(now(), now() + 1s));
    model::TrialResult trial;
    ASSERT_TRUE(probe.finish(trial));
    EXPECT_EQ(trial.contender_cpu_speed, std::nullopt);
}

TEST(SpeedProbe, DroppedInTheMiddleOfItsWindowEndsThat) {
    auto sampler = sampler_of(host::read_topology().cores.at(0).at(0));
    ASSERT_TRUE(sampler);
    const TimePoint begun = now();
    {
        SpeedProbe probe(*sampler);
        ASSERT_TRUE(probe.begin(begun, begun + 1h));
    }
    EXPECT_EQ(sampler->finish(), std::nullopt) << "there is no window any more";
    EXPECT_LT(now() - begun, 2s);
}

}  // namespace
}  // namespace joust::probes
