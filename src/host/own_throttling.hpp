#pragma once

#include <optional>

#include "base/clock.hpp"

namespace joust::host {

/// How long the quota of this process's own cgroup has kept it from running, since this object was made.
class OwnThrottling {
public:
    OwnThrottling();
    /// Empty where the group, or its count, cannot be read.
    [[nodiscard]] std::optional<Nanoseconds> since_start() const;

private:
    std::optional<Nanoseconds> at_start_;
};

}  // namespace joust::host
