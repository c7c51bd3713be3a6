#include "host/facts.hpp"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <vector>

#include "base/fd.hpp"
#include "base/kernel_text.hpp"
#include "base/text.hpp"
#include "host/cgroup_host.hpp"
#include "host/cpu_layout.hpp"
#include "host/storage.hpp"

namespace joust::host {
namespace {

constexpr int k_sync_tries = 21;  ///< odd, so that the median is one of them
constexpr std::size_t k_sync_bytes = 4096;

/// The value of "key<separator>value" in a file of such lines.
std::optional<std::string> value_in(const Path& path, std::string_view key, char separator) {
    const std::string text = read_file(path).value_or("");
    const std::optional<std::string_view> value = value_of(text, key, separator);
    return value ? std::optional(std::string(*value)) : std::nullopt;
}

std::string kernel() {
    utsname names{};
    if (::uname(&names) != 0) return "unknown";
    return fmt::format("{} {} {}", names.sysname, names.release, names.machine);
}

std::string distribution() {
    std::string text = value_in("/etc/os-release", "PRETTY_NAME", '=').value_or("unknown");
    std::erase(text, '"');
    return text;
}

// x86 has "model name"; ARM kernels give numbers only.
std::string cpu_model() {
    if (auto model = value_in("/proc/cpuinfo", "model name", ':')) return *model;
    if (auto part = value_in("/proc/cpuinfo", "CPU part", ':')) return fmt::format("ARM part {}", *part);
    return "unknown";
}

Bytes memory_info(std::string_view key) {
    const std::string kibibytes = value_in("/proc/meminfo", key, ':').value_or("0");
    return Bytes{std::strtoull(kibibytes.c_str(), nullptr, 10) * 1024};
}

/// Container first: what runs in a container on a virtual machine is best described by the container.
std::optional<std::string> virtualisation() {
    if (::access("/.dockerenv", F_OK) == 0) return "docker";
    if (::access("/run/.containerenv", F_OK) == 0) return "podman";
    if (auto container = first_line("/run/systemd/container")) return container;
    if (auto type = first_line("/sys/hypervisor/type")) return type;
    const std::string product = first_line("/sys/class/dmi/id/product_name").value_or("");
    for (const auto& [word, kind] : {std::pair{"KVM", "kvm"},
                                     {"VirtualBox", "virtualbox"},
                                     {"VMware", "vmware"},
                                     {"Virtual Machine", "hyper-v"},
                                     {"QEMU", "qemu"},
                                     {"Amazon EC2", "amazon"},
                                     {"Google Compute", "google"}})
        if (product.find(word) != std::string::npos) return kind;
    const std::string flags = value_in("/proc/cpuinfo", "flags", ':').value_or("");
    const std::vector<std::string_view> words = split(flags, ' ');
    if (std::find(words.begin(), words.end(), "hypervisor") != words.end()) return "virtual machine";
    return std::nullopt;
}

std::optional<std::uint64_t> open_files_max() {
    rlimit files{};
    if (::getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_max == RLIM_INFINITY) return std::nullopt;
    return files.rlim_max;
}

std::string file_system_name(std::uint64_t magic) {
    constexpr std::uint64_t k_xfs = 0x58465342;  // not in linux/magic.h of older systems
    constexpr std::uint64_t k_zfs = 0x2fc12fc1;
    switch (magic) {
        case EXT4_SUPER_MAGIC:
            return "ext4";  // ext2 and ext3 carry the same number
        case k_xfs:
            return "xfs";
        case BTRFS_SUPER_MAGIC:
            return "btrfs";
        case k_zfs:
            return "zfs";
        case F2FS_SUPER_MAGIC:
            return "f2fs";
        case OVERLAYFS_SUPER_MAGIC:
            return "overlay";
        case TMPFS_MAGIC:
            return "tmpfs";
        case RAMFS_MAGIC:
            return "ramfs";
        case NFS_SUPER_MAGIC:
            return "nfs";
        case V9FS_MAGIC:
            return "9p";
        case FUSE_SUPER_MAGIC:
            return "fuse";
        default:
            return fmt::format("unknown ({:#x})", magic);
    }
}

// Ext4 names the task that writes its journal, and says "<none>" without one.
std::optional<bool> has_journal(const Path& directory) {
    for (const std::string& device : block_devices({directory})) {
        std::error_code missing;
        const Path place = std::filesystem::read_symlink(Path("/sys/dev/block") / device, missing);
        if (missing) return std::nullopt;
        if (const auto task = first_line(Path("/sys/fs/ext4") / place.filename() / "journal_task"))
            return *task != "<none>";
    }
    return std::nullopt;
}

std::optional<Nanoseconds> sync_median(const Path& directory) {
    std::string name = (directory / ".joust-sync-XXXXXX").string();
    const Fd file(::mkostemp(name.data(), O_CLOEXEC));
    if (!file) return std::nullopt;
    ::unlink(name.c_str());
    const std::vector<char> block(k_sync_bytes, 'j');
    std::vector<Nanoseconds> times;
    for (int i = 0; i < k_sync_tries; ++i) {
        const TimePoint begin = now();
        if (::pwrite(file.get(), block.data(), block.size(), 0) != static_cast<ssize_t>(block.size()) ||
            ::fdatasync(file.get()) != 0)
            return std::nullopt;
        times.push_back(now() - begin);
    }
    std::nth_element(times.begin(), times.begin() + k_sync_tries / 2, times.end());
    return times[k_sync_tries / 2];
}

}  // namespace

model::StorageFacts read_storage_facts(const Path& directory) {
    model::StorageFacts facts{.directory = directory.string(), .file_system = "unknown"};
    struct statfs info{};
    if (::statfs(directory.c_str(), &info) == 0) {
        facts.file_system = file_system_name(static_cast<std::uint64_t>(info.f_type));
        facts.in_memory = facts.file_system == "tmpfs" || facts.file_system == "ramfs";
    }
    facts.sync_median = sync_median(directory);
    facts.journal = has_journal(directory);
    return facts;
}

Status check_durable(const model::StorageFacts& storage) {
    if (!storage.in_memory) return {};
    return fail(ErrorKind::unsupported,
                "{} lies on a RAM disk ({}), where durability = \"full\" costs nothing; mount a real disk "
                "there, or write durability = \"relaxed\"",
                storage.directory, storage.file_system);
}

HostMemory read_host_memory() {
    return {.total = memory_info("MemTotal"), .available = memory_info("MemAvailable")};
}

model::HostFacts read_facts(const Path& directory) {
    model::HostFacts facts{.kernel = kernel(),
                           .distribution = distribution(),
                           .cpu_model = cpu_model(),
                           .cpus_online = static_cast<int>(::sysconf(_SC_NPROCESSORS_ONLN)),
                           .memory_total = memory_info("MemTotal"),
                           .swap_total = memory_info("SwapTotal"),
                           .cgroup_version = std::string(name(CgroupHost::detect().version())),
                           .virtualisation = virtualisation(),
                           .open_files_max = open_files_max(),
                           .storage = read_storage_facts(directory)};
    for (const std::vector<int>& core : read_topology().cores)
        facts.cpus_allowed.insert(facts.cpus_allowed.end(), core.begin(), core.end());
    std::sort(facts.cpus_allowed.begin(), facts.cpus_allowed.end());
    facts.clock_source =
        first_line("/sys/devices/system/clocksource/clocksource0/current_clocksource").value_or("unknown");
    facts.cpu_governor = first_line("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor");
    double load = 0;
    if (::getloadavg(&load, 1) == 1) facts.load_average_1min = load;
    facts.listen_backlog_limit = static_cast<int>(
        std::strtol(first_line("/proc/sys/net/core/somaxconn").value_or("0").c_str(), nullptr, 10));
    return facts;
}

}  // namespace joust::host
