#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/quantity.hpp"

namespace joust::model {

/// What a party may use; every contender of a run has the same limits, the database its own.
struct Limits {
    double cpus = 1.0;  ///< > 0; whole CPUs are given as a CPU set where the host has enough
    Bytes memory;       ///< a process group above it is killed by the kernel; swap is off

    friend bool operator==(const Limits&, const Limits&) = default;
};

/// What the kernel says is in force for one party, read back from its cgroup.
struct LimitsInForce {
    std::vector<int> cpu_set;         ///< CPU numbers it may run on
    std::optional<double> cpu_quota;  ///< CPUs by CFS quota; empty when none is set (the set alone limits)
    std::optional<Bytes> memory;      ///< empty when unlimited
    bool swap_off = false;
    std::string cgroup_version;  ///< "v1", "v2" or "none" (--limits off)

    friend bool operator==(const LimitsInForce&, const LimitsInForce&) = default;
};

}  // namespace joust::model
