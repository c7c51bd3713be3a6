#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "host/cgroup_host.hpp"
#include "host/cpu_layout.hpp"
#include "host/group_files.hpp"
#include "model/limits.hpp"

namespace joust::host {

struct CgroupSpec {
    std::string run;                      ///< id of the run; the group is <base>/joust-<run>/<party>
    std::string party;                    ///< unique within the run; [a-z0-9._-]
    std::optional<model::Limits> limits;  ///< memory; CPU by quota if `cpu` is empty. None: accounting only
    std::optional<CpuShare> cpu;          ///< empty: any CPU, no quota, weight 100
};

/// A control group as a resource: every process in it is killed and the group removed at the end of its life.
class Cgroup {
public:
    /// Makes the group and sets its limits; fails if any of them cannot be set.
    static Result<Cgroup> create(const CgroupHost& host, const CgroupSpec& spec);

    Cgroup(Cgroup&&) noexcept;
    Cgroup& operator=(Cgroup&&) noexcept;
    ~Cgroup();

    /// Moves a process with all its threads into the group.
    [[nodiscard]] Status add(pid_t pid) const;
    /// Files to which a process writes "0" to move itself into the group.
    [[nodiscard]] std::vector<Path> entrances() const;

    /// Its control files; at a place that does not change while this object is not moved.
    [[nodiscard]] const GroupFiles& files() const { return files_; }
    [[nodiscard]] Result<model::LimitsInForce> read_limits() const { return files_.read_limits(); }
    [[nodiscard]] Result<UsageCounters> read() const { return files_.read_usage(); }
    /// Processes in the group and below, each once.
    [[nodiscard]] std::vector<pid_t> pids() const { return files_.pids(); }
    /// Processes the kernel has killed because the group reached its memory limit.
    [[nodiscard]] Result<std::uint64_t> oom_kills() const { return files_.oom_kills(); }
    /// Directories of the group, one per hierarchy.
    [[nodiscard]] std::vector<Path> directories() const;

    /// SIGKILLs everything in it but this process until it is empty; gives up after five seconds.
    [[nodiscard]] Status kill_all() const;
    /// kill_all, then removes the group. The destructor does the same and keeps silent about failure.
    Status remove();

private:
    explicit Cgroup(CgroupVersion version) : files_{.version = version, .places = {}} {}
    GroupFiles files_;  ///< without places when moved from or removed
};

/// Kills what is in the group directory or below and removes it all, as the next start after a crash has to.
/// A directory that does not exist is fine.
Status kill_and_remove_group(const Path& directory);

/// This process in a group of its own, beside those of contender and database, so that CPU sets and weights
/// count among the three. Moves back at the end of its life. Children are to be started into other groups.
class OwnGroup {
public:
    static Result<OwnGroup> enter(const CgroupHost& host, const std::string& run, const CpuShare& cpu);

    OwnGroup(OwnGroup&&) noexcept = default;
    OwnGroup& operator=(OwnGroup&&) = delete;
    ~OwnGroup();

    [[nodiscard]] const Cgroup& group() const { return *group_; }

private:
    OwnGroup(Cgroup group, std::vector<Path> way_back)
        : group_(std::make_unique<Cgroup>(std::move(group))), way_back_(std::move(way_back)) {}
    std::unique_ptr<Cgroup> group_;  ///< empty when moved from
    std::vector<Path> way_back_;     ///< cgroup.procs files of the groups it came from
};

}  // namespace joust::host
