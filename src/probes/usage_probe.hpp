#pragma once

#include <optional>
#include <vector>

#include "host/usage_sampler.hpp"
#include "model/party.hpp"
#include "probes/probe.hpp"

namespace joust::probes {

/// Whose usage is sampled, and from where. What a source refers to outlives the probe.
struct Watched {
    std::optional<model::Role> role;  ///< empty: the CPUs that are to be the contender's alone
    host::UsageSource source;
    bool resting = false;  ///< of a contender that waits beside the measured one; without a role
};

/// The resources that the parties of a trial used in its window: into their usage, and, of CPUs that were to
/// be the contender's alone, what others took.
class UsageProbe final : public Probe {
public:
    explicit UsageProbe(std::vector<Watched> watched) : watched_(std::move(watched)) {}
    Status begin(TimePoint start, TimePoint end) override;
    /// Fails where a source could not be read.
    Status finish(model::TrialResult& trial) override;

private:
    std::vector<Watched> watched_;
    std::optional<host::UsageSampler> sampler_;
};

}  // namespace joust::probes
