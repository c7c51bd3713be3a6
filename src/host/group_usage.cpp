// What the processes of a cgroup have used: its counters, read.
#include <algorithm>
#include <charconv>
#include <map>
#include <set>

#include "base/kernel_text.hpp"
#include "base/text.hpp"
#include "host/group_files.hpp"
#include "host/proc.hpp"

namespace joust::host {
namespace {

// Lines of "key number", as in cpu.stat, memory.stat, memory.events.
Result<NumberTable> read_table(const Path& path) {
    JOUST_TRY(const std::string text, read_file(path));
    return number_table(text);
}

Nanoseconds times(std::int64_t count, std::int64_t unit_ns) {
    return Nanoseconds(count * unit_ns);
}

void set_throttling(UsageCounters& counters, const NumberTable& cpu_stat, std::string_view key,
                    std::int64_t unit_ns) {
    if (const auto time = in(cpu_stat, key)) counters.throttled = times(*time, unit_ns);
    if (const auto periods = in(cpu_stat, "nr_throttled"))
        counters.throttled_periods = static_cast<std::uint64_t>(*periods);
}

// cpuacct.stat counts in USER_HZ, which is 100 on every architecture that Joust runs on.
Status read_cpu_v1(UsageCounters& counters, const Path* cpuacct, const Path* cpu) {
    if (!cpuacct)
        return fail(ErrorKind::unsupported, "CPU time cannot be read without the controller cpuacct");
    constexpr std::int64_t k_tick_ns = 10'000'000;
    JOUST_TRY(const std::string usage, read_file(*cpuacct / "cpuacct.usage"));
    JOUST_TRY(const NumberTable stat, read_table(*cpuacct / "cpuacct.stat"));
    std::int64_t total_ns = 0;
    std::from_chars(usage.data(), usage.data() + usage.size(), total_ns);
    counters.cpu_total = Nanoseconds(total_ns);
    counters.cpu_split = {times(in(stat, "user").value_or(0), k_tick_ns),
                          times(in(stat, "system").value_or(0), k_tick_ns)};
    if (!cpu) return {};
    JOUST_TRY(const NumberTable throttling, read_table(*cpu / "cpu.stat"));
    set_throttling(counters, throttling, "throttled_time", 1);
    return {};
}

Status read_cpu_v2(UsageCounters& counters, const Path& directory) {
    constexpr std::int64_t k_microsecond_ns = 1000;
    JOUST_TRY(const NumberTable stat, read_table(directory / "cpu.stat"));
    counters.cpu_total = times(in(stat, "usage_usec").value_or(0), k_microsecond_ns);
    counters.cpu_split = {times(in(stat, "user_usec").value_or(0), k_microsecond_ns),
                          times(in(stat, "system_usec").value_or(0), k_microsecond_ns)};
    set_throttling(counters, stat, "throttled_usec", k_microsecond_ns);
    return {};
}

// Both versions count shared memory (a database's buffers) among the file pages; it cannot be taken back
// while swap is off, so it goes to what the party itself holds.
void set_memory(UsageCounters& counters, std::int64_t anonymous, std::int64_t file, std::int64_t shared) {
    counters.anonymous = Bytes{static_cast<std::uint64_t>(anonymous + shared)};
    counters.page_cache = Bytes{static_cast<std::uint64_t>(std::max<std::int64_t>(file - shared, 0))};
}

Status read_group_memory(UsageCounters& counters, const Path& directory, CgroupVersion version) {
    JOUST_TRY(const NumberTable stat, read_table(directory / "memory.stat"));
    const auto value = [&](std::string_view key) { return in(stat, key).value_or(0); };
    if (version == CgroupVersion::v1)
        set_memory(counters, value("total_rss"), value("total_cache"), value("total_shmem"));
    else
        set_memory(counters, value("anon"), value("file"), value("shmem"));
    return {};
}

void sum_resident_memory(UsageCounters& counters, const std::vector<pid_t>& pids) {
    for (const pid_t pid : pids) {
        const std::optional<ResidentMemory> memory = read_memory(pid);
        if (!memory) continue;
        counters.anonymous = counters.anonymous + memory->anonymous;
        counters.page_cache = counters.page_cache + memory->file;
    }
}

void collect_pids(const Path& directory, std::set<pid_t>& pids) {
    const std::string text = read_file(directory / "cgroup.procs").value_or("");
    for (const std::string_view line : split(text, '\n')) {
        pid_t pid = 0;
        std::from_chars(line.data(), line.data() + line.size(), pid);
        // The kernel writes 0 for a process of another pid namespace; to kill() that would mean this one's
        // group.
        if (pid > 0) pids.insert(pid);
    }
    std::error_code error;
    for (std::filesystem::directory_iterator entry(directory, error), end; !error && entry != end;
         entry.increment(error))
        if (entry->is_directory(error)) collect_pids(entry->path(), pids);
}

}  // namespace

model::CpuTime cpu_between(const UsageCounters& begin, const UsageCounters& end) {
    const Nanoseconds total = std::max(end.cpu_total - begin.cpu_total, Nanoseconds(0));
    const model::CpuTime split = end.cpu_split - begin.cpu_split;
    // Below a tick or two there is no proportion to speak of: all of it counts as user time.
    if (split.user < Nanoseconds(0) || split.system < Nanoseconds(0) || split.total() == Nanoseconds(0))
        return {.user = total};
    const double user_share =
        static_cast<double>(split.user.count()) / static_cast<double>(split.total().count());
    const auto user = Nanoseconds(static_cast<std::int64_t>(static_cast<double>(total.count()) * user_share));
    return {.user = user, .system = total - user};
}

Result<UsageCounters> GroupFiles::read_usage() const {
    if (places.empty()) return fail(ErrorKind::io, "the cgroup has been removed");
    UsageCounters counters;
    JOUST_CHECK(version == CgroupVersion::v1
                    ? read_cpu_v1(counters, with(Controller::cpuacct), with(Controller::cpu))
                    : read_cpu_v2(counters, places.front().directory));
    if (const Path* directory = with(Controller::memory)) {
        JOUST_CHECK(read_group_memory(counters, *directory, version));
    } else {
        sum_resident_memory(counters, pids());
    }
    return counters;
}

Result<std::uint64_t> GroupFiles::oom_kills() const {
    const Path* const directory = with(Controller::memory);
    if (!directory) return 0;
    JOUST_TRY(
        const NumberTable table,
        read_table(*directory / (version == CgroupVersion::v1 ? "memory.oom_control" : "memory.events")));
    return static_cast<std::uint64_t>(in(table, "oom_kill").value_or(0));
}

std::vector<pid_t> GroupFiles::pids() const {
    std::set<pid_t> pids;
    for (const Place& place : places)
        collect_pids(place.directory, pids);
    return {pids.begin(), pids.end()};
}

}  // namespace joust::host
