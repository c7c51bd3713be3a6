#pragma once

#include <unistd.h>

#include <cstdint>
#include <optional>
#include <vector>

#include "host/cgroup_host.hpp"
#include "host/cpu_layout.hpp"
#include "model/limits.hpp"
#include "model/usage.hpp"

namespace joust::host {

/// What a cgroup has used since it was made.
struct UsageCounters {
    Nanoseconds cpu_total{0};  ///< exact
    /// User and system: sampled at the kernel's ticks, so only their proportion is to be trusted.
    model::CpuTime cpu_split;
    std::optional<Nanoseconds> throttled;
    std::optional<std::uint64_t> throttled_periods;
    Bytes anonymous;   ///< anonymous and shared memory: cannot be taken back with swap off
    Bytes page_cache;  ///< file pages
};

/// CPU time between two readings: the exact total, split in proportion of user and system.
model::CpuTime cpu_between(const UsageCounters& begin, const UsageCounters& end);

/// Whether there is a file of this name.
inline bool present(const Path& path) {
    return ::access(path.c_str(), F_OK) == 0;
}

/// The control files of one cgroup, which has a directory in each hierarchy: all that differs between v1 and
/// v2 once the directories are there.
struct GroupFiles {
    struct Place {
        Path directory;
        std::vector<Controller> controllers;
    };
    CgroupVersion version;
    std::vector<Place> places;

    /// The folder of a controller's files; null where the host does not offer it.
    [[nodiscard]] const Path* with(Controller controller) const;

    /// Sets the share's set, quota and weight, and the memory; an empty set leaves all CPUs, and empty
    /// `memory` is unlimited.
    [[nodiscard]] Status set_limits(const CpuShare& share, std::optional<Bytes> memory) const;
    [[nodiscard]] Result<model::LimitsInForce> read_limits() const;
    [[nodiscard]] Result<UsageCounters> read_usage() const;
    [[nodiscard]] Result<std::uint64_t> oom_kills() const;
    /// Processes in the group and below, each once.
    [[nodiscard]] std::vector<pid_t> pids() const;
};

/// The group that a process is in, where another program (a Docker engine) made it. Fails (unsupported) if
/// its files cannot be seen from here. `proc` stands for /proc.
Result<GroupFiles> group_of(pid_t pid, const Path& proc = "/proc");

}  // namespace joust::host
