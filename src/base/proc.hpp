#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/cpu_time.hpp"
#include "base/file.hpp"
#include "base/quantity.hpp"

namespace joust {

/// /proc/PID of a process.
Path proc_directory(pid_t pid);
/// The numbers among the names in a directory of /proc: processes, or threads of one. Those that vanish
/// meanwhile may be among them.
std::vector<pid_t> numbered_entries(const Path& directory);

/// A process or thread as its file "stat" tells it (proc(5)).
struct ProcessStat {
    char state = '?';
    pid_t parent = 0;
    pid_t session = 0;
    std::uint64_t start_ticks = 0;  ///< when it began, in clock ticks after boot
    CpuTime cpu;                    ///< at the kernel's tick, usually 10 ms
    int threads = 0;                ///< that it has; of a thread, those of its process

    /// It has ended: a zombie, or on its way out.
    [[nodiscard]] bool dead() const { return state == 'Z' || state == 'X'; }
};
std::optional<ProcessStat> parse_process_stat(std::string_view text);
/// The stat of a process or thread by its file; empty when there is no such process any more.
std::optional<ProcessStat> read_process_stat(const Path& path);

/// The scheduler's account of a thread since its start, as "schedstat" tells it.
struct SchedulerAccount {
    Nanoseconds on_cpu{0};
    Nanoseconds run_delay{0};  ///< ready to run, but without a CPU
    friend bool operator==(const SchedulerAccount&, const SchedulerAccount&) = default;
};
std::optional<SchedulerAccount> parse_schedstat(std::string_view text);

/// A thread's schedstat, held open: it tells of the thread that made it, whoever reads it.
class SchedulerFile {
public:
    static constexpr const char* k_of_this_thread = "/proc/thread-self/schedstat";
    explicit SchedulerFile(const Path& path = k_of_this_thread);
    /// The account so far; empty where the kernel does not keep it, or does not let it be read. Allocates
    /// nothing.
    [[nodiscard]] std::optional<SchedulerAccount> read() const;

private:
    Fd file_;
};

/// How the scheduler treated one thread since its start. What its files do not tell is empty.
struct ThreadCounters {
    std::optional<std::uint64_t> voluntary_switches;
    std::optional<std::uint64_t> involuntary_switches;
    std::optional<SchedulerAccount> account;  ///< exact
    CpuTime ticks;                            ///< user and system at the kernel's tick, usually 10 ms
};
using ThreadTable = std::map<pid_t, ThreadCounters>;

/// The counters of one thread of this or another process; empty once it is gone. `proc` is where /proc is.
std::optional<ThreadCounters> read_thread(pid_t pid, pid_t tid, const Path& proc = "/proc");
/// The counters of all threads of the given processes; those that vanish meanwhile are left out.
ThreadTable read_threads(const std::vector<pid_t>& pids);

/// Resident memory of one process from /proc/PID/status.
struct ResidentMemory {
    Bytes anonymous;  ///< RssAnon + RssShmem
    Bytes file;       ///< RssFile: mapped files only, shared ones counted in each process
};
std::optional<ResidentMemory> read_memory(pid_t pid);

/// Bytes that a process has moved since its start, of /proc/PID/io.
struct MovedBytes {
    std::int64_t to_storage = 0;  ///< less those that it gave up before they got there
    std::int64_t read = 0;        ///< by read() and the like, of whatever: files, pipes, sockets
    std::int64_t written = 0;     ///< by write() and the like, likewise
};
using MovedTable = std::map<pid_t, MovedBytes>;
/// What these processes have moved; empty where the kernel does not let this user read it. Processes that
/// vanish meanwhile are left out.
std::optional<MovedTable> read_moved(const std::vector<pid_t>& pids);

/// What became of the time of some CPUs since boot, at the kernel's tick.
struct TimeOfCpus {
    CpuTime tasks;          ///< ran on them: without interrupts, idle time and steal
    Nanoseconds stolen{0};  ///< by other guests of the hypervisor
    Nanoseconds all{0};     ///< of each of them: idle time, interrupts and steal too

    friend TimeOfCpus operator-(const TimeOfCpus& a, const TimeOfCpus& b) {
        return {a.tasks - b.tasks, a.stolen - b.stolen, a.all - b.all};
    }
    friend bool operator==(const TimeOfCpus&, const TimeOfCpus&) = default;
};
/// Summed up over these CPUs; empty where <proc>/stat does not tell it of each of them.
std::optional<TimeOfCpus> read_cpu_time(const std::vector<int>& cpus, const Path& proc = "/proc");

/// CPU time of the whole host since its start, in the kernel's ticks.
struct HostTicks {
    std::uint64_t all = 0;
    std::uint64_t stolen = 0;  ///< by other guests of the hypervisor
    friend bool operator==(const HostTicks&, const HostTicks&) = default;
};
/// The host's ticks so far; empty where <proc>/stat cannot be read. Allocates nothing but the path.
std::optional<HostTicks> read_host_ticks(const Path& proc = "/proc");

/// The local ports that connections of this host begin from; both ends belong to it.
struct PortRange {
    std::uint16_t first = 0;
    std::uint16_t last = 0;
    friend bool operator==(const PortRange&, const PortRange&) = default;
};
/// The range in a text as net.ipv4.ip_local_port_range has it, for IPv6 too: "32768\t60999".
std::optional<PortRange> parse_port_range(std::string_view text);
std::optional<PortRange> read_port_range();

/// A process that has one of these links ("socket:[4711]") among its descriptors, as far as this user may
/// look at others; empty without one.
std::optional<pid_t> find_holder(const std::set<std::string>& links);

}  // namespace joust
