#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/quantity.hpp"

namespace joust::model {

/// Where a run keeps its data, and how fast that place makes a write durable.
struct StorageFacts {
    std::string directory;
    std::string file_system;                 ///< "ext4", "xfs", "tmpfs", …; "unknown (0x…)" otherwise
    bool in_memory = false;                  ///< a RAM disk: durability costs nothing there, results flatter
    std::optional<Nanoseconds> sync_median;  ///< median of some 4 KiB write + fdatasync; empty if it failed
    std::optional<bool> journal = {};        ///< of ext4; empty for others and where it is not known

    friend bool operator==(const StorageFacts&, const StorageFacts&) = default;
};

/// What a reader must know of the machine to judge a result; goes into environment.json.
struct HostFacts {
    std::string kernel;        ///< "Linux 6.1.0-18-amd64 x86_64"
    std::string distribution;  ///< PRETTY_NAME of os-release, or "unknown"
    std::string cpu_model;
    int cpus_online = 0;
    std::vector<int> cpus_allowed;  ///< CPU numbers this process may use
    Bytes memory_total;
    Bytes swap_total;
    std::string cgroup_version;                   ///< "v1", "v2" or "none"
    std::optional<std::string> virtualisation;    ///< "kvm", "docker", …; empty on bare metal
    std::string clock_source;                     ///< "tsc", "kvm-clock", …
    std::optional<std::string> cpu_governor;      ///< of the first CPU; empty where there is none (most VMs)
    double load_average_1min = 0;                 ///< runnable and uninterruptible tasks before the run
    int listen_backlog_limit = 0;                 ///< net.core.somaxconn
    std::optional<std::uint64_t> open_files_max;  ///< hard limit of RLIMIT_NOFILE; empty when unlimited
    StorageFacts storage;

    friend bool operator==(const HostFacts&, const HostFacts&) = default;
};

}  // namespace joust::model
