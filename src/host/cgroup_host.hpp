#pragma once

#include <unistd.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.hpp"

namespace joust::host {

enum class CgroupVersion { v1, v2 };
/// The version's name: "v1", "v2"; "none" for empty.
std::string_view name(std::optional<CgroupVersion> version);

enum class Controller { cpu, cpuacct, cpuset, memory, pids };
std::string_view name(Controller controller);

/// One mounted hierarchy in which Joust can make groups. v2 has one with all controllers, v1 one per mount.
struct Hierarchy {
    Path base;                            ///< groups are made in this directory
    Path own;                             ///< the group this process was found in
    std::vector<Controller> controllers;  ///< those that Joust uses; for v2 the ones available at `base`

    [[nodiscard]] bool has(Controller controller) const;
};

/// A leaf of a delegated v2 group, in which the processes that were in the group itself stay during runs.
inline constexpr const char* k_rest_group = "joust-rest";

/// What this host and this user's rights allow in cgroups.
///
/// As root groups are made at the root of what is mounted (in a container: its own root); as a normal user in
/// the user's own delegated v2 group, as `systemd-run --user --scope -p Delegate=yes` gives.
class CgroupHost {
public:
    /// Looks without changing anything. `proc` stands for /proc (its self/mountinfo and self/cgroup are
    /// read).
    static CgroupHost detect(const Path& proc = "/proc", uid_t user = ::geteuid());

    /// The version of cgroups here; empty when groups cannot be made at all, not even for accounting.
    [[nodiscard]] std::optional<CgroupVersion> version() const { return version_; }
    /// What keeps limits from being set, a sentence each, with the words that get it. Empty: all is there.
    [[nodiscard]] const std::vector<std::string>& missing() const { return missing_; }
    /// Ok if limits can be set; otherwise `unsupported` with everything that is missing.
    [[nodiscard]] Status limits_possible() const;

    [[nodiscard]] const std::vector<Hierarchy>& hierarchies() const { return hierarchies_; }
    /// Directories of a run, one per hierarchy, whether made or not: what the journal has to name.
    [[nodiscard]] std::vector<Path> run_directories(const std::string& run_id) const;

    /// v2: hands the controllers down to the children of each base, after moving the processes that stand in
    /// the way (v2 allows none in a group with controlled children) to the leaf k_rest_group; they go back
    /// when kill_and_remove_group() has removed the last run's group. v1: nothing to do.
    [[nodiscard]] Status prepare() const;

    /// A group with only those controllers that deal with CPUs: for a group that is to place this process.
    /// (Its memory stays charged to where it came from, so counting or limiting it there would mislead.)
    [[nodiscard]] CgroupHost for_cpu() const;

private:
    std::optional<CgroupVersion> version_;
    std::vector<Hierarchy> hierarchies_;
    std::vector<std::string> missing_;
};

}  // namespace joust::host
