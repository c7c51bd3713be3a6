// The limits of a cgroup: set and read back. cgroups v2: Documentation/admin-guide/cgroup-v2.rst of the
// kernel; v1: the files of Documentation/admin-guide/cgroup-v1 and, for cpu,
// Documentation/scheduler/sched-bwc.rst.
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/text.hpp"
#include "host/group_files.hpp"

namespace joust::host {
namespace {

constexpr std::int64_t k_period_us = 100'000;  ///< the kernel's default period of a CFS quota
/// v1 says "unlimited" by the largest multiple of the page size below 2^63; nobody means that much.
constexpr std::uint64_t k_unlimited = std::uint64_t{1} << 60;

/// The number that stands at the start of a control file; empty for "max" or when it cannot be read.
std::optional<std::int64_t> read_number(const Path& path) {
    const std::string text = read_file(path).value_or("");
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc()) return std::nullopt;
    return value;
}

std::int64_t quota_us(double cpus) {
    return std::max<std::int64_t>(1000,
                                  std::llround(cpus * static_cast<double>(k_period_us)));  // kernel: >= 1 ms
}

Status set_cpu_v1(const Path& directory, const CpuShare& share) {
    const unsigned shares = std::clamp(share.weight * 1024 / 100, 2U, 262'144U);  // weight 100 is 1024 shares
    JOUST_CHECK(write_control(directory / "cpu.shares", std::to_string(shares)));
    if (!share.quota) return {};
    JOUST_CHECK(write_control(directory / "cpu.cfs_period_us", std::to_string(k_period_us)));
    return write_control(directory / "cpu.cfs_quota_us", std::to_string(quota_us(*share.quota)));
}

Status set_cpu_v2(const Path& directory, const CpuShare& share) {
    JOUST_CHECK(write_control(directory / "cpu.weight", std::to_string(share.weight)));
    if (!share.quota) return {};
    return write_control(directory / "cpu.max", fmt::format("{} {}", quota_us(*share.quota), k_period_us));
}

// The limit of memory and swap together equals that of memory alone, so nothing is left for swap. Kernels
// without swap accounting lack that file; swappiness 0 keeps anonymous pages in memory there.
Status set_memory_v1(const Path& directory, Bytes limit) {
    const std::string bytes = std::to_string(limit.count);
    JOUST_CHECK(write_control(directory / "memory.swappiness", "0"));
    JOUST_CHECK(write_control(directory / "memory.limit_in_bytes", bytes));
    if (present(directory / "memory.memsw.limit_in_bytes"))
        JOUST_CHECK(write_control(directory / "memory.memsw.limit_in_bytes", bytes));
    return {};
}

Status set_memory_v2(const Path& directory, Bytes limit) {
    if (present(directory / "memory.swap.max"))
        JOUST_CHECK(write_control(directory / "memory.swap.max", "0"));
    return write_control(directory / "memory.max", std::to_string(limit.count));
}

std::optional<Bytes> memory_limit(const Path& file) {
    const std::optional<std::int64_t> value = read_number(file);
    if (!value || static_cast<std::uint64_t>(*value) >= k_unlimited) return std::nullopt;
    return Bytes{static_cast<std::uint64_t>(*value)};
}

bool swap_off_v1(const Path& directory) {
    const Path both = directory / "memory.memsw.limit_in_bytes";
    if (!present(both)) return read_number(directory / "memory.swappiness") == 0;
    const std::optional<Bytes> limit = memory_limit(directory / "memory.limit_in_bytes");
    return limit && memory_limit(both) == limit;
}

// The file is missing where the kernel has no swap at all.
bool swap_off_v2(const Path& directory) {
    return !present(directory / "memory.swap.max") || read_number(directory / "memory.swap.max") == 0;
}

std::optional<double> quota_v1(const Path& directory) {
    const std::optional<std::int64_t> quota = read_number(directory / "cpu.cfs_quota_us");
    const std::optional<std::int64_t> period = read_number(directory / "cpu.cfs_period_us");
    if (!quota || *quota < 0 || !period || *period <= 0) return std::nullopt;
    return static_cast<double>(*quota) / static_cast<double>(*period);
}

// "max 100000" or "150000 100000".
std::optional<double> quota_v2(const Path& directory) {
    const std::string text = read_file(directory / "cpu.max").value_or("");
    const std::vector<std::string_view> fields = split(trimmed(text), ' ');
    if (fields.size() != 2 || fields[0] == "max") return std::nullopt;
    return std::stod(std::string(fields[0])) / std::stod(std::string(fields[1]));
}

}  // namespace

const Path* GroupFiles::with(Controller controller) const {
    for (const Place& place : places)
        if (std::find(place.controllers.begin(), place.controllers.end(), controller) !=
            place.controllers.end())
            return &place.directory;
    return nullptr;
}

Status GroupFiles::set_limits(const CpuShare& share, std::optional<Bytes> memory) const {
    const bool v1 = version == CgroupVersion::v1;
    if (const Path* directory = with(Controller::cpuset); directory && !share.cpus.empty())
        JOUST_CHECK(write_control(*directory / "cpuset.cpus", to_cpu_list(share.cpus)));
    if (const Path* directory = with(Controller::cpu))
        JOUST_CHECK(v1 ? set_cpu_v1(*directory, share) : set_cpu_v2(*directory, share));
    if (const Path* directory = with(Controller::memory); directory && memory)
        JOUST_CHECK(v1 ? set_memory_v1(*directory, *memory) : set_memory_v2(*directory, *memory));
    return {};
}

Result<model::LimitsInForce> GroupFiles::read_limits() const {
    const bool v1 = version == CgroupVersion::v1;
    model::LimitsInForce limits{.cgroup_version = std::string(name(version))};
    if (const Path* directory = with(Controller::cpuset)) {
        const Path effective = *directory / (v1 ? "cpuset.effective_cpus" : "cpuset.cpus.effective");
        JOUST_TRY(const std::string text,
                  read_file(present(effective) ? effective : *directory / "cpuset.cpus"));
        JOUST_TRY(limits.cpu_set, parse_cpu_list(text));
    }
    if (const Path* directory = with(Controller::cpu))
        limits.cpu_quota = v1 ? quota_v1(*directory) : quota_v2(*directory);
    if (const Path* directory = with(Controller::memory)) {
        limits.memory = memory_limit(*directory / (v1 ? "memory.limit_in_bytes" : "memory.max"));
        limits.swap_off = v1 ? swap_off_v1(*directory) : swap_off_v2(*directory);
    }
    return limits;
}

}  // namespace joust::host
