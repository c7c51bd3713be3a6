#include "probes/speed_probe.hpp"

namespace joust::probes {

// The sampler goes on with the next trial, but not with a window that nobody asked for.
SpeedProbe::~SpeedProbe() {
    sampler_.finish_now();
}

Status SpeedProbe::begin(TimePoint start, TimePoint end) {
    sampler_.begin(start, end);
    return {};
}

Status SpeedProbe::finish(model::TrialResult& trial) {
    if (const auto speed = sampler_.finish()) trial.contender_cpu_speed = speed->samples_per_ms;
    return {};
}

}  // namespace joust::probes
