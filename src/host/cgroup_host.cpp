#include "host/cgroup_host.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "host/cgroup_mounts.hpp"
#include "host/group_files.hpp"

namespace joust::host {
namespace {

constexpr std::array k_controllers = {Controller::cpu, Controller::cpuacct, Controller::cpuset,
                                      Controller::memory, Controller::pids};
/// Without these no limit can be set; pids only speeds up killing, cpuacct is part of v2 itself.
constexpr std::array k_needed_v1 = {Controller::cpu, Controller::cpuacct, Controller::cpuset,
                                    Controller::memory};
constexpr std::array k_needed_v2 = {Controller::cpu, Controller::cpuset, Controller::memory};

bool writable(const Path& directory) {
    return ::access(directory.c_str(), W_OK) == 0 &&
           ::access((directory / "cgroup.procs").c_str(), W_OK) == 0;
}

std::vector<Controller> known(const std::vector<std::string>& names) {
    std::vector<Controller> controllers;
    for (const Controller controller : k_controllers)
        if (contains(names, name(controller))) controllers.push_back(controller);
    return controllers;
}

std::vector<std::string> words_of(const Path& file) {
    return words(trimmed(read_file(file).value_or("")), ' ');
}

Hierarchy unified(const CgroupMount& mount, const Path& proc, uid_t user) {
    Hierarchy hierarchy{.own = cgroup_directory(mount, cgroup_path(proc / "self", ""))};
    hierarchy.base = user == 0 ? mount.point : hierarchy.own;
    if (hierarchy.base.filename() == k_rest_group) hierarchy.base = hierarchy.base.parent_path();
    hierarchy.controllers = known(words_of(hierarchy.base / "cgroup.controllers"));
    return hierarchy;
}

std::vector<Hierarchy> separate(const std::vector<CgroupMount>& mounts, const Path& proc, uid_t user) {
    std::vector<Hierarchy> hierarchies;
    for (const CgroupMount& mount : mounts) {
        if (mount.type != "cgroup") continue;
        Hierarchy hierarchy{.controllers = known(mount.options)};
        const bool again = std::any_of(hierarchies.begin(), hierarchies.end(), [&](const Hierarchy& other) {
            return other.controllers == hierarchy.controllers;
        });
        if (hierarchy.controllers.empty() || again) continue;
        hierarchy.own =
            cgroup_directory(mount, cgroup_path(proc / "self", name(hierarchy.controllers.front())));
        hierarchy.base = user == 0 ? mount.point : hierarchy.own;
        hierarchies.push_back(hierarchy);
    }
    return hierarchies;
}

std::string not_writable(CgroupVersion version, const Path& base, uid_t user) {
    if (user == 0)
        return fmt::format(
            "{} is mounted read-only, as is usual in a container: start the container with --privileged, or "
            "run "
            "on the host",
            base.string());
    if (version == CgroupVersion::v1)
        return "this host has cgroups v1, which only root can use: run as root (sudo)";
    return "this user has no cgroup of its own to set limits in: run as root (sudo), or with `systemd-run "
           "--user "
           "--scope -p Delegate=yes <command>`";
}

std::string lacking(CgroupVersion version, Controller controller, uid_t user) {
    if (version == CgroupVersion::v1)
        return fmt::format(
            "controller {0} is not mounted: `mkdir -p /sys/fs/cgroup/{0} && mount -t cgroup -o {0} cgroup "
            "/sys/fs/cgroup/{0}` as root (if that fails, the kernel was built or booted without it)",
            name(controller));
    if (user == 0)
        return fmt::format(
            "controller {0} is not available in cgroups v2: it is mounted as v1 elsewhere, switched off at "
            "boot "
            "(remove cgroup_disable={0} from the kernel's command line), or not given to this container",
            name(controller));
    return fmt::format(
        "controller {} is not delegated to this user: run as root (sudo), or put \"[Service]\" and "
        "\"Delegate=cpu cpuset io memory pids\" on two lines of "
        "/etc/systemd/system/user@.service.d/delegate.conf, run `sudo systemctl daemon-reload`, log in "
        "again, "
        "and use `systemd-run --user --scope -p Delegate=yes <command>`",
        name(controller));
}

// v2 refuses to hand controllers down from a group that holds processes (except from the true root).
Status clear_of_processes(const Path& base) {
    const std::string procs = read_file(base / "cgroup.procs").value_or("");
    if (trimmed(procs).empty()) return {};
    const Path rest = base / k_rest_group;
    if (::mkdir(rest.c_str(), 0755) != 0 && errno != EEXIST)
        return fail(ErrorKind::io, "cannot make the cgroup {}: {}", rest.string(), errno_text());
    for (const std::string& pid : words(procs, '\n')) {
        const Status moved = write_control(rest / "cgroup.procs", pid);
        if (!moved && ::access(("/proc/" + pid).c_str(), F_OK) == 0) return moved;
    }
    return {};
}

}  // namespace

std::string_view name(std::optional<CgroupVersion> version) {
    if (!version) return "none";
    return *version == CgroupVersion::v1 ? "v1" : "v2";
}

std::string_view name(Controller controller) {
    switch (controller) {
        case Controller::cpu:
            return "cpu";
        case Controller::cpuacct:
            return "cpuacct";
        case Controller::cpuset:
            return "cpuset";
        case Controller::memory:
            return "memory";
        case Controller::pids:
            return "pids";
    }
    return "";
}

bool Hierarchy::has(Controller controller) const {
    return std::find(controllers.begin(), controllers.end(), controller) != controllers.end();
}

CgroupHost CgroupHost::detect(const Path& proc, uid_t user) {
    const std::vector<CgroupMount> mounts = cgroup_mounts(proc / "self");
    const auto v2 =
        std::find_if(mounts.begin(), mounts.end(), [](const CgroupMount& m) { return m.type == "cgroup2"; });
    const std::vector<Hierarchy> v1 = separate(mounts, proc, user);
    CgroupHost host;
    // A "hybrid" host mounts v2 without controllers beside v1: there v1 is the one that limits.
    if (!v1.empty()) {
        host.version_ = CgroupVersion::v1;
        host.hierarchies_ = v1;
    } else if (v2 != mounts.end()) {
        host.version_ = CgroupVersion::v2;
        host.hierarchies_ = {unified(*v2, proc, user)};
    } else {
        host.missing_.emplace_back("no cgroups are mounted: `mount -t cgroup2 none /sys/fs/cgroup` as root");
        return host;
    }
    const CgroupVersion version = *host.version_;
    for (const Hierarchy& hierarchy : host.hierarchies_) {
        if (writable(hierarchy.base)) continue;
        host.missing_.push_back(not_writable(version, hierarchy.base, user));
        host.version_ = std::nullopt;
        break;
    }
    const auto available = [&](Controller controller) {
        return std::any_of(host.hierarchies_.begin(), host.hierarchies_.end(),
                           [&](const Hierarchy& hierarchy) { return hierarchy.has(controller); });
    };
    const auto check = [&](Controller controller) {
        if (!available(controller)) host.missing_.push_back(lacking(version, controller, user));
    };
    if (version == CgroupVersion::v1)
        std::for_each(k_needed_v1.begin(), k_needed_v1.end(), check);
    else
        std::for_each(k_needed_v2.begin(), k_needed_v2.end(), check);
    if (!host.version_) host.hierarchies_.clear();
    return host;
}

Status CgroupHost::limits_possible() const {
    if (missing_.empty()) return {};
    return fail(ErrorKind::unsupported, "limits cannot be set on this host: {}", joined(missing_, "; "));
}

std::vector<Path> CgroupHost::run_directories(const std::string& run_id) const {
    std::vector<Path> directories;
    for (const Hierarchy& hierarchy : hierarchies_)
        directories.push_back(hierarchy.base / ("joust-" + run_id));
    return directories;
}

Status CgroupHost::prepare() const {
    if (version_ != CgroupVersion::v2) return {};
    for (const Hierarchy& hierarchy : hierarchies_) {
        const Path control = hierarchy.base / "cgroup.subtree_control";
        const std::vector<std::string> enabled = words_of(control);
        std::vector<std::string> wanted;
        for (const Controller controller : hierarchy.controllers)
            if (!contains(enabled, name(controller))) wanted.push_back(fmt::format("+{}", name(controller)));
        if (wanted.empty()) continue;
        // Only the true root of the hierarchy has no cgroup.type.
        if (::access((hierarchy.base / "cgroup.type").c_str(), F_OK) == 0)
            JOUST_CHECK(clear_of_processes(hierarchy.base));
        JOUST_CHECK(write_control(control, joined(wanted, " ")));
    }
    return {};
}

CgroupHost CgroupHost::for_cpu() const {
    CgroupHost part = *this;
    for (Hierarchy& hierarchy : part.hierarchies_)
        std::erase_if(hierarchy.controllers, [](Controller controller) {
            return controller == Controller::memory || controller == Controller::pids;
        });
    std::erase_if(part.hierarchies_,
                  [](const Hierarchy& hierarchy) { return hierarchy.controllers.empty(); });
    return part;
}

Result<GroupFiles> group_of(pid_t pid, const Path& proc) {
    const Path process = proc / std::to_string(pid);
    GroupFiles files{.version = CgroupVersion::v1, .places = {}};
    const std::vector<CgroupMount> mounts = cgroup_mounts(proc / "self");
    for (const CgroupMount& mount : mounts) {
        if (mount.type != "cgroup") continue;
        const std::vector<Controller> controllers = known(mount.options);
        if (controllers.empty()) continue;
        files.places.push_back(
            {cgroup_directory(mount, cgroup_path(process, name(controllers.front()))), controllers});
    }
    if (files.places.empty())
        for (const CgroupMount& mount : mounts)
            if (mount.type == "cgroup2" && files.places.empty()) {
                const Path directory = cgroup_directory(mount, cgroup_path(process, ""));
                files.version = CgroupVersion::v2;
                files.places.push_back({directory, known(words_of(directory / "cgroup.controllers"))});
            }
    for (const GroupFiles::Place& place : files.places)
        if (!present(place.directory / "cgroup.procs"))
            return fail(ErrorKind::unsupported, "the cgroup {} of process {} cannot be seen from here",
                        place.directory.string(), pid);
    if (files.places.empty()) return fail(ErrorKind::unsupported, "no cgroups are mounted here");
    return files;
}

}  // namespace joust::host
