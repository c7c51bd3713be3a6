#include "host/proc.hpp"

#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <thread>

#include "base/fd.hpp"
#include "base/text.hpp"

namespace joust::host {
ProcessSpace process_space() {
    ProcessSpace space;
    space.boot = std::string(trimmed(read_file("/proc/sys/kernel/random/boot_id").value_or("")));
    struct stat about{};
    if (::stat("/proc/self/ns/pid", &about) == 0) space.pid_namespace = about.st_ino;
    return space;
}

std::optional<ProcessIdentity> identify(pid_t pid) {
    const std::optional<ProcessStat> stat = read_process_stat(proc_directory(pid) / "stat");
    if (!stat) return std::nullopt;
    return ProcessIdentity{.pid = pid, .start_ticks = stat->start_ticks};
}

bool alive(const ProcessIdentity& process) {
    const std::optional<ProcessStat> stat = read_process_stat(proc_directory(process.pid) / "stat");
    return stat && stat->start_ticks == process.start_ticks && !stat->dead();
}

std::vector<pid_t> pids_of_session(pid_t session) {
    std::vector<pid_t> pids;
    for (const pid_t pid : numbered_entries("/proc")) {
        const std::optional<ProcessStat> stat = read_process_stat(proc_directory(pid) / "stat");
        if (stat && stat->session == session && !stat->dead()) pids.push_back(pid);
    }
    return pids;
}

std::vector<ProcessEntry> all_processes() {
    std::vector<ProcessEntry> found;
    for (const pid_t pid : numbered_entries("/proc"))
        if (const std::optional<ProcessStat> stat = read_process_stat(proc_directory(pid) / "stat"))
            found.push_back({.identity = {.pid = pid, .start_ticks = stat->start_ticks},
                             .parent = stat->parent,
                             .session = stat->session,
                             .dead = stat->dead()});
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
                    const std::optional<ProcessStat> stat = read_process_stat(proc_directory(pid) / "stat");
                    return stat && stat->session == leader.pid && is_ours();
                });
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
}

}  // namespace joust::host
