#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/file.hpp"

namespace joust::host {

/// A mounted cgroup hierarchy, of version 1 or 2.
struct CgroupMount {
    std::string root;  ///< which part of the hierarchy is mounted; "/" but in some containers
    Path point;
    std::string type;                  ///< "cgroup" or "cgroup2"
    std::vector<std::string> options;  ///< of the super block: for v1 its controllers
};
/// Those of proc(5)'s <process>/mountinfo; `process` is "/proc/self" or the like.
std::vector<CgroupMount> cgroup_mounts(const Path& process);

/// Where <process>/cgroup says that a process is: in v1's hierarchy with this controller, or in that of v2
/// where `controller` is empty. "/" if it does not say.
std::string cgroup_path(const Path& process, std::string_view controller);

/// The folder of a path that cgroup_path() returned, below where its hierarchy is mounted.
Path cgroup_directory(const CgroupMount& mount, std::string_view path);

/// The parts between separators that are not empty.
std::vector<std::string> words(std::string_view text, char separator);
bool contains(const std::vector<std::string>& parts, std::string_view part);

}  // namespace joust::host
