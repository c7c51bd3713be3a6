#include "host/proc.hpp"

#include <dirent.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <thread>

#include "base/fd.hpp"
#include "base/text.hpp"

namespace joust::host {
namespace {

struct Stat {
    char state = '?';
    pid_t parent = 0;
    pid_t session = 0;
    std::uint64_t user_ticks = 0;
    std::uint64_t system_ticks = 0;
    std::uint64_t start_ticks = 0;
};

std::uint64_t number(std::string_view text) {
    std::uint64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

// proc(5): the second field is the command in parentheses and may hold anything, so fields count from the
// last ')'; there index 0 is field 3.
std::optional<Stat> read_stat(const Path& path) {
    const Result<std::string> text = read_file(path);
    if (!text) return std::nullopt;
    const std::size_t command_end = text->rfind(')');
    if (command_end == std::string::npos || command_end + 2 > text->size()) return std::nullopt;
    const std::vector<std::string_view> fields = split(std::string_view(*text).substr(command_end + 2), ' ');
    if (fields.size() < 20 || fields[0].empty()) return std::nullopt;
    return Stat{.state = fields[0][0],
                .parent = static_cast<pid_t>(number(fields[1])),
                .session = static_cast<pid_t>(number(fields[3])),
                .user_ticks = number(fields[11]),
                .system_ticks = number(fields[12]),
                .start_ticks = number(fields[19])};
}

Path proc(pid_t pid) {
    return Path("/proc") / std::to_string(pid);
}

bool dead(char state) {
    return state == 'Z' || state == 'X';
}

// Names in a directory of /proc that are numbers; std::filesystem throws or stops at entries that vanish.
std::vector<pid_t> numbered_entries(const Path& directory) {
    std::vector<pid_t> ids;
    DIR* const stream = ::opendir(directory.c_str());
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

// The number after "key:" in a file like /proc/PID/status.
std::uint64_t labelled(std::string_view text, std::string_view key) {
    for (const std::string_view line : split(text, '\n'))
        if (line.starts_with(key)) return number(trimmed(line.substr(key.size())));
    return 0;
}

Nanoseconds from_ticks(std::uint64_t ticks) {
    static const auto per_second = static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK));
    return Nanoseconds(static_cast<std::int64_t>(ticks * (1'000'000'000 / per_second)));
}

}  // namespace

ProcessSpace process_space() {
    ProcessSpace space;
    space.boot = std::string(trimmed(read_file("/proc/sys/kernel/random/boot_id").value_or("")));
    struct stat about{};
    if (::stat("/proc/self/ns/pid", &about) == 0) space.pid_namespace = about.st_ino;
    return space;
}

std::optional<ProcessIdentity> identify(pid_t pid) {
    const std::optional<Stat> stat = read_stat(proc(pid) / "stat");
    if (!stat) return std::nullopt;
    return ProcessIdentity{.pid = pid, .start_ticks = stat->start_ticks};
}

bool alive(const ProcessIdentity& process) {
    const std::optional<Stat> stat = read_stat(proc(process.pid) / "stat");
    return stat && stat->start_ticks == process.start_ticks && !dead(stat->state);
}

std::vector<pid_t> pids_of_session(pid_t session) {
    std::vector<pid_t> pids;
    for (const pid_t pid : numbered_entries("/proc")) {
        const std::optional<Stat> stat = read_stat(proc(pid) / "stat");
        if (stat && stat->session == session && !dead(stat->state)) pids.push_back(pid);
    }
    return pids;
}

std::vector<ProcessEntry> all_processes() {
    std::vector<ProcessEntry> found;
    for (const pid_t pid : numbered_entries("/proc"))
        if (const std::optional<Stat> stat = read_stat(proc(pid) / "stat"))
            found.push_back({.identity = {.pid = pid, .start_ticks = stat->start_ticks},
                             .parent = stat->parent,
                             .session = stat->session,
                             .dead = dead(stat->state)});
    return found;
}

void signal_if(pid_t pid, int number, const std::function<bool()>& is_meant) {
    // glibc 2.36 declares pidfd_open and pidfd_send_signal for C only.
    const Fd held(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    if (held && is_meant()) ::syscall(SYS_pidfd_send_signal, held.get(), number, nullptr, 0);
}

Status kill_session(const ProcessIdentity& leader) {
    const TimePoint give_up = now() + std::chrono::seconds(2);
    for (;;) {
        // The kernel gives no new process the number of a living session, so as long as the leader has its
        // number, all of the session is the leader's.
        const auto is_ours = [&] { return identify(leader.pid) == leader; };
        if (!is_ours()) return {};
        const std::vector<pid_t> pids = pids_of_session(leader.pid);
        if (pids.empty()) return {};
        if (now() > give_up)
            return fail(ErrorKind::timed_out, "process {} of session {} cannot be killed", pids.front(),
                        leader.pid);
        for (const pid_t pid : pids)
            if (pid != ::getpid())
                signal_if(pid, SIGKILL, [&] {
                    const std::optional<Stat> stat = read_stat(proc(pid) / "stat");
                    return stat && stat->session == leader.pid && is_ours();
                });
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
}

std::optional<ThreadCounters> read_thread(pid_t pid, pid_t tid) {
    const Path task = proc(pid) / "task" / std::to_string(tid);
    const Result<std::string> status = read_file(task / "status");
    const std::optional<Stat> stat = read_stat(task / "stat");
    if (!status || !stat) return std::nullopt;
    ThreadCounters counters{.voluntary_switches = labelled(*status, "voluntary_ctxt_switches:"),
                            .involuntary_switches = labelled(*status, "nonvoluntary_ctxt_switches:"),
                            .ticks = {from_ticks(stat->user_ticks), from_ticks(stat->system_ticks)}};
    if (const Result<std::string> schedstat = read_file(task / "schedstat")) {
        const std::vector<std::string_view> fields = split(trimmed(*schedstat), ' ');
        if (fields.size() >= 2) {
            counters.on_cpu = Nanoseconds(static_cast<std::int64_t>(number(fields[0])));
            counters.run_delay = Nanoseconds(static_cast<std::int64_t>(number(fields[1])));
        }
    }
    return counters;
}

ThreadTable read_threads(const std::vector<pid_t>& pids) {
    ThreadTable table;
    for (const pid_t pid : pids)
        for (const pid_t tid : numbered_entries(proc(pid) / "task"))
            if (const std::optional<ThreadCounters> counters = read_thread(pid, tid)) table[tid] = *counters;
    return table;
}

std::optional<model::CpuTime> read_cpu_time(const std::vector<int>& cpus, const Path& proc) {
    const Result<std::string> text = read_file(proc / "stat");
    if (!text) return std::nullopt;
    model::CpuTime sum;
    std::size_t found = 0;
    for (const std::string_view line : split(*text, '\n')) {  // cpu0 user nice system idle …
        const std::vector<std::string_view> fields = split(line, ' ');
        if (fields.size() < 4 || !fields[0].starts_with("cpu") || fields[0].size() == 3) continue;
        const auto cpu = static_cast<int>(number(fields[0].substr(3)));
        if (std::find(cpus.begin(), cpus.end(), cpu) == cpus.end()) continue;
        sum = sum + model::CpuTime{from_ticks(number(fields[1]) + number(fields[2])),
                                   from_ticks(number(fields[3]))};
        ++found;
    }
    return found == cpus.size() ? std::optional(sum) : std::nullopt;
}

std::optional<ResidentMemory> read_memory(pid_t pid) {
    const Result<std::string> status = read_file(proc(pid) / "status");
    if (!status || status->find("RssAnon:") == std::string::npos) return std::nullopt;
    const auto kibibytes = [&](std::string_view key) { return Bytes{labelled(*status, key) * 1024}; };
    return ResidentMemory{.anonymous = kibibytes("RssAnon:") + kibibytes("RssShmem:"),
                          .file = kibibytes("RssFile:")};
}

}  // namespace joust::host
