#include "base/proc.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <numeric>
#include <span>

#include "base/kernel_text.hpp"
#include "base/text.hpp"

namespace joust {
namespace {

/// The beginning of a file, in `room`; empty where it cannot be read.
std::string_view read_start(const Fd& file, std::span<char> room) {
    const ssize_t size = file ? ::pread(file.get(), room.data(), room.size(), 0) : -1;
    return {room.data(), size > 0 ? static_cast<std::size_t>(size) : 0};
}

/// Takes a number and the spaces before it off the front of `text`.
std::optional<std::uint64_t> take_number(std::string_view& text) {
    text.remove_prefix(std::min(text.size(), text.find_first_not_of(" \t")));
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc()) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return value;
}

/// The first columns of a "cpu" line after its name: user nice system idle iowait irq softirq steal. The
/// guests' times after these are in user and nice.
using CpuTicks = std::array<std::uint64_t, 8>;
std::optional<CpuTicks> take_ticks(std::string_view text) {
    CpuTicks ticks{};
    for (std::uint64_t& count : ticks) {
        const auto number = take_number(text);
        if (!number) return std::nullopt;
        count = *number;
    }
    return ticks;
}

Nanoseconds from_ticks(std::uint64_t ticks) {
    static const auto per_second = static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK));
    return Nanoseconds(static_cast<std::int64_t>(ticks * (1'000'000'000 / per_second)));
}

}  // namespace

Path proc_directory(pid_t pid) {
    return Path("/proc") / std::to_string(pid);
}

std::vector<pid_t> numbered_entries(const Path& directory) {
    std::vector<pid_t> ids;
    DIR* const stream = ::opendir(directory.c_str());  // std::filesystem stops at entries that vanish
    if (!stream) return ids;
    while (const dirent* entry = ::readdir(stream)) {
        const std::string_view text = entry->d_name;
        pid_t id = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
        if (error == std::errc() && end == text.data() + text.size()) ids.push_back(id);
    }
    ::closedir(stream);
    return ids;
}

std::optional<ProcessStat> parse_process_stat(std::string_view text) {
    // The second field is the command in parentheses and may hold anything, so fields count from the last
    // ')'; there index 0 is field 3.
    const std::size_t command_end = text.rfind(')');
    if (command_end == std::string_view::npos || command_end + 2 > text.size()) return std::nullopt;
    const std::vector<std::string_view> fields = split(text.substr(command_end + 2), ' ');
    if (fields.size() < 20 || fields[0].empty()) return std::nullopt;
    const auto field = [&](std::size_t index) { return leading_number(fields[index]).value_or(0); };
    return ProcessStat{.state = fields[0][0],
                       .parent = static_cast<pid_t>(field(1)),
                       .session = static_cast<pid_t>(field(3)),
                       .start_ticks = field(19),
                       .cpu = {from_ticks(field(11)), from_ticks(field(12))},
                       .threads = static_cast<int>(field(17))};
}

std::optional<ProcessStat> read_process_stat(const Path& path) {
    const Result<std::string> text = read_file(path);
    return text ? parse_process_stat(*text) : std::nullopt;
}

std::optional<SchedulerAccount> parse_schedstat(std::string_view text) {
    const auto on_cpu = take_number(text);
    const auto waiting = on_cpu ? take_number(text) : std::nullopt;
    if (!waiting) return std::nullopt;
    return SchedulerAccount{.on_cpu = Nanoseconds(static_cast<std::int64_t>(*on_cpu)),
                            .run_delay = Nanoseconds(static_cast<std::int64_t>(*waiting))};
}

SchedulerFile::SchedulerFile(const Path& path) : file_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}

std::optional<SchedulerAccount> SchedulerFile::read() const {
    std::array<char, 128> room{};
    return parse_schedstat(read_start(file_, room));
}

std::optional<ThreadCounters> read_thread(pid_t pid, pid_t tid, const Path& proc) {
    const Path task = proc / std::to_string(pid) / "task" / std::to_string(tid);
    const Result<std::string> status = read_file(task / "status");
    const std::optional<ProcessStat> stat = read_process_stat(task / "stat");
    if (!status || !stat) return std::nullopt;
    return ThreadCounters{.voluntary_switches = number_of(*status, "voluntary_ctxt_switches"),
                          .involuntary_switches = number_of(*status, "nonvoluntary_ctxt_switches"),
                          .account = SchedulerFile(task / "schedstat").read(),
                          .ticks = stat->cpu};
}

ThreadTable read_threads(const std::vector<pid_t>& pids) {
    ThreadTable table;
    for (const pid_t pid : pids)
        for (const pid_t tid : numbered_entries(proc_directory(pid) / "task"))
            if (const std::optional<ThreadCounters> counters = read_thread(pid, tid)) table[tid] = *counters;
    return table;
}

std::optional<ResidentMemory> read_memory(pid_t pid) {
    const Result<std::string> status = read_file(proc_directory(pid) / "status");
    if (!status || !number_of(*status, "RssAnon")) return std::nullopt;
    const auto kibibytes = [&](std::string_view key) {
        return Bytes{number_of(*status, key).value_or(0) * 1024};
    };
    return ResidentMemory{.anonymous = kibibytes("RssAnon") + kibibytes("RssShmem"),
                          .file = kibibytes("RssFile")};
}

std::optional<MovedTable> read_moved(const std::vector<pid_t>& pids) {
    MovedTable table;
    for (const pid_t pid : pids) {
        const Path process = proc_directory(pid);
        const Result<std::string> io = read_file(process / "io");
        std::error_code gone;
        if (!io && std::filesystem::exists(process, gone)) return std::nullopt;
        if (!io) continue;
        const auto bytes = [&](std::string_view key) {
            return static_cast<std::int64_t>(number_of(*io, key).value_or(0));
        };
        table[pid] = {.to_storage = bytes("write_bytes") - bytes("cancelled_write_bytes"),
                      .read = bytes("rchar"),
                      .written = bytes("wchar")};
    }
    return table;
}

std::optional<TimeOfCpus> read_cpu_time(const std::vector<int>& cpus, const Path& proc) {
    const Result<std::string> text = read_file(proc / "stat");
    if (!text) return std::nullopt;
    TimeOfCpus sum;
    std::size_t found = 0;
    for (std::string_view line : split(*text, '\n')) {  // cpu0 user nice system idle …
        if (!line.starts_with("cpu")) continue;
        line.remove_prefix(3);
        if (line.starts_with(' ')) continue;  // all of them together
        const auto cpu = take_number(line);
        const auto ticks = take_ticks(line);
        if (!cpu || !ticks) continue;
        if (std::find(cpus.begin(), cpus.end(), static_cast<int>(*cpu)) == cpus.end()) continue;
        const auto& [user, nice, system, idle, iowait, irq, softirq, steal] = *ticks;
        sum.tasks = sum.tasks + CpuTime{from_ticks(user + nice), from_ticks(system)};
        sum.stolen += from_ticks(steal);
        sum.all += from_ticks(user + nice + system + idle + iowait + irq + softirq + steal);
        ++found;
    }
    return found == cpus.size() ? std::optional(sum) : std::nullopt;
}

std::optional<HostTicks> read_host_ticks(const Path& proc) {
    const Fd file(::open((proc / "stat").c_str(), O_RDONLY | O_CLOEXEC));
    std::array<char, 256> room{};
    std::string_view text = read_start(file, room);
    if (!text.starts_with("cpu ")) return std::nullopt;
    text.remove_prefix(4);
    const auto ticks = take_ticks(text);
    if (!ticks) return std::nullopt;
    return HostTicks{.all = std::accumulate(ticks->begin(), ticks->end(), std::uint64_t{0}),
                     .stolen = ticks->back()};
}

std::optional<PortRange> parse_port_range(std::string_view text) {
    constexpr std::uint64_t k_highest = 65535;
    text = trimmed(text);
    const auto first = take_number(text);
    const bool apart = text.starts_with(' ') || text.starts_with('\t');
    const auto last = apart ? take_number(text) : std::nullopt;
    if (!first || !last || *first > *last || *last > k_highest || !text.empty()) return std::nullopt;
    return PortRange{.first = static_cast<std::uint16_t>(*first), .last = static_cast<std::uint16_t>(*last)};
}

std::optional<PortRange> read_port_range() {
    const Result<std::string> text = read_file("/proc/sys/net/ipv4/ip_local_port_range");
    return text ? parse_port_range(*text) : std::nullopt;
}

std::optional<pid_t> find_holder(const std::set<std::string>& links) {
    for (const pid_t pid : numbered_entries("/proc")) {
        std::error_code gone;
        for (const auto& entry : std::filesystem::directory_iterator(proc_directory(pid) / "fd", gone)) {
            std::error_code closed;
            if (links.contains(std::filesystem::read_symlink(entry.path(), closed).string())) return pid;
        }
    }
    return std::nullopt;
}

}  // namespace joust
