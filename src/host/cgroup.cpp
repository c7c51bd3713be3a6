#include "host/cgroup.hpp"

#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <set>
#include <thread>

#include "base/text.hpp"

namespace joust::host {
namespace {

constexpr unsigned k_run_weight = 1000;  ///< ten times that of a single process or of a systemd slice
constexpr std::chrono::seconds k_patience(5);
constexpr std::chrono::milliseconds k_retry(5);

std::vector<Path> children(const Path& directory) {
    std::vector<Path> found;
    std::error_code error;
    for (std::filesystem::directory_iterator entry(directory, error), end; !error && entry != end;
         entry.increment(error))
        if (entry->is_directory(error)) found.push_back(entry->path());
    return found;
}

std::set<pid_t> all_pids(const std::vector<Path>& directories) {
    GroupFiles files{.version = CgroupVersion::v1, .places = {}};
    for (const Path& directory : directories)
        files.places.push_back({directory, {}});
    const std::vector<pid_t> pids = files.pids();
    return {pids.begin(), pids.end()};
}

// Writes a control file that need not exist; failing to is made up for by the loops around it.
void try_control(const Path& file, std::string_view content) {
    if (!present(file)) return;
    [[maybe_unused]] const Status written = write_control(file, content);
}

Status kill_groups(const std::vector<Path>& directories) {
    // No process can be added any more, so the loop ends even against one that forks as fast as it can.
    for (const Path& directory : directories)
        try_control(directory / "pids.max", "0");
    const TimePoint give_up = now() + k_patience;
    for (;;) {
        std::set<pid_t> pids = all_pids(directories);
        pids.erase(::getpid());
        if (pids.empty()) break;
        if (now() > give_up)
            return fail(ErrorKind::timed_out, "process {} in cgroup {} cannot be killed", *pids.begin(),
                        directories.front().string());
        for (const Path& directory : directories)
            if (!all_pids({directory}).contains(::getpid())) try_control(directory / "cgroup.kill", "1");
        for (const pid_t pid : pids)
            ::kill(pid, SIGKILL);
        std::this_thread::sleep_for(k_retry);
    }
    for (const Path& directory : directories)
        try_control(directory / "pids.max", "max");
    return {};
}

// A group stays busy for a moment after its last process has gone.
Status remove_tree(const Path& directory) {
    for (const Path& child : children(directory))
        JOUST_CHECK(remove_tree(child));
    const TimePoint give_up = now() + k_patience;
    while (::rmdir(directory.c_str()) != 0) {
        if (errno == ENOENT) return {};
        if (errno != EBUSY || now() > give_up || all_pids({directory}).contains(::getpid()))
            return fail(ErrorKind::io, "cannot remove the cgroup {}: {}", directory.string(), errno_text());
        std::this_thread::sleep_for(k_retry);
    }
    return {};
}

// v2: after the last run, the processes that prepare() moved out of its way go back to their group. What
// keeps them from it (somebody else made groups there meanwhile) is no mistake of the run: they stay where
// they are.
void undo_prepare(const Path& base) {
    const Path rest = base / k_rest_group;
    if (!present(rest)) return;
    for (const Path& child : children(base))
        if (child != rest && child.filename().string().starts_with("joust-")) return;
    // The controllers first: no process may be in a group that hands some down.
    std::string off;
    const std::string enabled = read_file(base / "cgroup.subtree_control").value_or("");
    for (const std::string_view controller : split(trimmed(enabled), ' '))
        if (!controller.empty()) off += fmt::format("{}-{}", off.empty() ? "" : " ", controller);
    if (!off.empty()) try_control(base / "cgroup.subtree_control", off);
    for (const pid_t pid : all_pids({rest}))
        try_control(base / "cgroup.procs", std::to_string(pid));
    ::rmdir(rest.c_str());
}

Status make_group(const Path& directory) {
    if (::mkdir(directory.c_str(), 0755) == 0 || errno == EEXIST) return {};
    return fail(ErrorKind::io, "cannot make the cgroup {}: {}", directory.string(), errno_text());
}

// A v1 cpuset takes no process until it has CPUs and memory nodes; a new one has none.
Status inherit_cpuset(const Path& directory) {
    for (const char* file : {"cpuset.cpus", "cpuset.mems"}) {
        JOUST_TRY(const std::string own, read_file(directory / file));
        if (!trimmed(own).empty()) continue;
        JOUST_TRY(const std::string parents, read_file(directory.parent_path() / file));
        JOUST_CHECK(write_control(directory / file, trimmed(parents)));
    }
    return {};
}

// The group of the run, then the party's in it; v2 hands the controllers down on the way.
Status make_groups(CgroupVersion version, const Hierarchy& hierarchy, const Path& run, const Path& party) {
    JOUST_CHECK(make_group(run));
    const bool v1_cpuset = version == CgroupVersion::v1 && hierarchy.has(Controller::cpuset);
    if (v1_cpuset) JOUST_CHECK(inherit_cpuset(run));
    // The run outweighs what else the host does, so that background work disturbs it less.
    const GroupFiles run_group{.version = version, .places = {{run, hierarchy.controllers}}};
    if (version == CgroupVersion::v2) {
        std::vector<std::string> wanted;
        for (const Controller controller : hierarchy.controllers)
            wanted.push_back(fmt::format("+{}", name(controller)));
        if (!wanted.empty()) JOUST_CHECK(write_control(run / "cgroup.subtree_control", joined(wanted, " ")));
    }
    JOUST_CHECK(run_group.set_limits({.weight = k_run_weight}, std::nullopt));
    if (present(party)) JOUST_CHECK(kill_and_remove_group(party));
    JOUST_CHECK(make_group(party));
    if (v1_cpuset) JOUST_CHECK(inherit_cpuset(party));
    return {};
}

}  // namespace

Result<Cgroup> Cgroup::create(const CgroupHost& host, const CgroupSpec& spec) {
    if (spec.limits) JOUST_CHECK(host.limits_possible());
    if (!host.version())
        return fail(ErrorKind::unsupported, "cgroups cannot be used on this host: {}",
                    joined(host.missing(), "; "));
    JOUST_CHECK(host.prepare());
    Cgroup group(*host.version());
    const std::vector<Path> runs = host.run_directories(spec.run);
    for (std::size_t i = 0; i < runs.size(); ++i) {
        const Hierarchy& hierarchy = host.hierarchies()[i];
        // Noted before it is made: should a later step fail, the destructor removes it.
        group.files_.places.push_back({runs[i] / spec.party, hierarchy.controllers});
        JOUST_CHECK(make_groups(*host.version(), hierarchy, runs[i], runs[i] / spec.party));
    }
    CpuShare share = spec.cpu.value_or(CpuShare{});
    if (!spec.cpu && spec.limits) share.quota = spec.limits->cpus;
    JOUST_CHECK(
        group.files_.set_limits(share, spec.limits ? std::optional(spec.limits->memory) : std::nullopt));
    return group;
}

Cgroup::Cgroup(Cgroup&& other) noexcept
    : files_{other.files_.version, std::exchange(other.files_.places, {})} {}

Cgroup& Cgroup::operator=(Cgroup&& other) noexcept {
    std::swap(files_, other.files_);
    return *this;
}

Cgroup::~Cgroup() {
    [[maybe_unused]] const Status removed = remove();
}

Status Cgroup::add(pid_t pid) const {
    for (const Path& entrance : entrances())
        JOUST_CHECK(write_control(entrance, std::to_string(pid)));
    return {};
}

std::vector<Path> Cgroup::directories() const {
    std::vector<Path> paths;
    for (const GroupFiles::Place& place : files_.places)
        paths.push_back(place.directory);
    return paths;
}

std::vector<Path> Cgroup::entrances() const {
    std::vector<Path> paths = directories();
    for (Path& path : paths)
        path /= "cgroup.procs";
    return paths;
}

Status Cgroup::kill_all() const {
    return kill_groups(directories());
}

Status Cgroup::remove() {
    if (files_.places.empty()) return {};
    JOUST_CHECK(kill_all());
    for (const Path& directory : directories())
        JOUST_CHECK(remove_tree(directory));
    files_.places.clear();
    return {};
}

Status kill_and_remove_group(const Path& directory) {
    if (!present(directory)) return {};
    JOUST_CHECK(kill_groups({directory}));
    JOUST_CHECK(remove_tree(directory));
    undo_prepare(directory.parent_path());
    return {};
}

Result<OwnGroup> OwnGroup::enter(const CgroupHost& host, const std::string& run, const CpuShare& cpu) {
    JOUST_TRY(Cgroup group, Cgroup::create(host.for_cpu(), {.run = run, .party = "generator", .cpu = cpu}));
    // Looked up anew: making the group may have moved this process out of the way.
    std::vector<Path> way_back;
    const CgroupHost here = CgroupHost::detect().for_cpu();
    for (const Hierarchy& hierarchy : here.hierarchies())
        way_back.push_back(hierarchy.own / "cgroup.procs");
    JOUST_CHECK(group.add(::getpid()));
    return OwnGroup(std::move(group), std::move(way_back));
}

OwnGroup::~OwnGroup() {
    for (const Path& entrance : way_back_)
        try_control(entrance, std::to_string(::getpid()));
}

}  // namespace joust::host
