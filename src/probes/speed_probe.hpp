#pragma once

#include "host/speed_sampler.hpp"
#include "probes/probe.hpp"

namespace joust::probes {

/// How fast the contender's CPUs ran in the window: TrialResult::contender_cpu_speed, empty where the sampler
/// could not tell.
class SpeedProbe final : public Probe {
public:
    /// The sampler outlives the probe.
    explicit SpeedProbe(host::SpeedSampler& sampler) : sampler_(sampler) {}
    SpeedProbe(SpeedProbe&&) = delete;
    SpeedProbe& operator=(SpeedProbe&&) = delete;
    ~SpeedProbe() override;
    Status begin(TimePoint start, TimePoint end) override;
    Status finish(model::TrialResult& trial) override;

private:
    host::SpeedSampler& sampler_;
};

}  // namespace joust::probes
