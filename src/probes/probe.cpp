#include "probes/probe.hpp"

namespace joust::probes {

Status begin(const Probes& probes, TimePoint start, TimePoint end) {
    for (const std::unique_ptr<Probe>& probe : probes)
        JOUST_CHECK(probe->begin(start, end));
    return {};
}

void look(const Probes& probes, TimePoint at) {
    for (const std::unique_ptr<Probe>& probe : probes)
        probe->look(at);
}

Status finish(const Probes& probes, model::TrialResult& trial) {
    for (const std::unique_ptr<Probe>& probe : probes)
        JOUST_CHECK(probe->finish(trial));
    return {};
}

}  // namespace joust::probes
