#pragma once

#include <optional>

#include "base/clock.hpp"

namespace joust::host {

/// The time for which the quota of this process's own cgroup has kept it from running, since this object was
/// made.
class OwnThrottling {
public:
    OwnThrottling();
    /// The time so lost; empty where the group, or its count, cannot be read.
    [[nodiscard]] std::optional<Nanoseconds> since_start() const;

private:
    std::optional<Nanoseconds> at_start_;
};

}  // namespace joust::host
