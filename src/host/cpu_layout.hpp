#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/file.hpp"

namespace joust::host {

/// The CPUs of a list as the kernel writes it, "0-2,5"; an empty text is an empty list.
Result<std::vector<int>> parse_cpu_list(std::string_view text);
std::string to_cpu_list(const std::vector<int>& cpus);

/// CPUs that this process may use, grouped by physical core: hyperthread siblings stand together.
struct CpuTopology {
    std::vector<std::vector<int>> cores;

    [[nodiscard]] std::size_t cpu_count() const;
};
/// The CPUs that this process may use and their cores, by sched_getaffinity and
/// <sys>/devices/system/cpu/cpuN/topology; a CPU without topology is its own core.
CpuTopology read_topology(const Path& sys = "/sys");

/// The CPUs on which a party may run, and what it gets there.
struct CpuShare {
    std::vector<int> cpus;
    std::optional<double> quota;  ///< CPUs by CFS quota, only where the set alone does not limit enough
    unsigned weight = 100;        ///< 1 to 10000 as in cgroups v2; counts among parties that share a CPU

    friend bool operator==(const CpuShare&, const CpuShare&) = default;
};

struct CpuLayout {
    CpuShare contender;
    CpuShare database;
    CpuShare generator;
    bool generator_shares = false;   ///< the generator's CPUs are another party's too
    bool limits_reachable = true;    ///< false with one CPU: nobody can get what the limits promise
    std::vector<std::string> notes;  ///< sentences for the report
};

/// CPUs each party is meant to have, > 0. `database` is empty for a database without a process of its own.
struct CpuWish {
    double contender = 1.0;
    std::optional<double> database = 1.0;
};

/// Whole CPUs before quotas: disjoint sets where CPUs suffice (whole physical cores where cores suffice);
/// otherwise database and generator share what the contender leaves, the generator with the higher weight;
/// with one CPU all share it by quotas. Fails (bad_input) when the contender leaves no CPU for the generator.
Result<CpuLayout> lay_out_cpus(const CpuTopology& topology, const CpuWish& wish);

}  // namespace joust::host
