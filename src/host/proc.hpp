#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "base/clock.hpp"
#include "base/file.hpp"
#include "model/usage.hpp"

namespace joust::host {

/// A process that a reused pid cannot be mistaken for.
struct ProcessIdentity {
    pid_t pid = 0;
    std::uint64_t start_ticks = 0;  ///< field 22 of /proc/PID/stat: clock ticks after boot

    friend bool operator==(const ProcessIdentity&, const ProcessIdentity&) = default;
};

/// Empty when there is no such process (a zombie still is one).
std::optional<ProcessIdentity> identify(pid_t pid);
/// The process has neither exited nor become a zombie, and is the one that was meant.
bool alive(const ProcessIdentity& process);

/// Living processes of a session, zombies left out.
std::vector<pid_t> pids_of_session(pid_t session);
/// SIGKILLs every process of the leader's session until none is left or two seconds have passed. Does nothing
/// if the leader's pid has been given to another process since.
Status kill_session(const ProcessIdentity& leader);

/// How the scheduler treated one thread since its start.
struct ThreadCounters {
    std::uint64_t voluntary_switches = 0;
    std::uint64_t involuntary_switches = 0;
    Nanoseconds run_delay{0};  ///< ready to run, but no CPU (schedstat's second number)
    Nanoseconds on_cpu{0};     ///< schedstat's first number, exact
    model::CpuTime ticks;      ///< user and system at the kernel's tick, usually 10 ms
};
using ThreadTable = std::map<pid_t, ThreadCounters>;

/// Of one thread of this or another process; empty once it is gone.
std::optional<ThreadCounters> read_thread(pid_t pid, pid_t tid);
/// All threads of the given processes; those that vanish meanwhile are left out.
ThreadTable read_threads(const std::vector<pid_t>& pids);

/// Time that tasks have run on these CPUs since boot, at the kernel's tick: without interrupts, idle time and
/// steal. Empty where <proc>/stat does not tell it of each of them.
std::optional<model::CpuTime> read_cpu_time(const std::vector<int>& cpus, const Path& proc = "/proc");

/// Resident memory of one process from /proc/PID/status.
struct ResidentMemory {
    Bytes anonymous;  ///< RssAnon + RssShmem
    Bytes file;       ///< RssFile: mapped files only, shared ones counted in each process
};
std::optional<ResidentMemory> read_memory(pid_t pid);

}  // namespace joust::host
