#include "host/tracees.hpp"

#include <linux/audit.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <optional>
#include <thread>
#include <vector>

#include "base/file.hpp"
#include "base/text.hpp"

namespace joust::host {
namespace {

// Not PTRACE_O_EXITKILL: they outlive this process if it dies.
constexpr unsigned long k_options = PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
                                    PTRACE_O_TRACEEXEC | PTRACE_O_TRACEEXIT | PTRACE_O_TRACESYSGOOD;
constexpr int k_syscall_stop = SIGTRAP | 0x80;  // PTRACE_O_TRACESYSGOOD
constexpr int k_own_only = __WALL | __WNOTHREAD;
constexpr auto k_nobody = std::chrono::milliseconds(10);  // between looks where no thread is traced

// Whose numbers of system calls are this program's own: a program of 32 bits has others.
#if defined(__x86_64__)
constexpr std::optional<std::uint32_t> k_own_calls = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr std::optional<std::uint32_t> k_own_calls = AUDIT_ARCH_AARCH64;
#else
constexpr std::optional<std::uint32_t> k_own_calls;
#endif

long trace(unsigned request, pid_t thread, unsigned long data = 0) {
    return ::syscall(SYS_ptrace, request, thread, 0, data);
}

// A field of /proc/PID/status: "TracerPid", "PPid"; empty where the process is gone.
std::optional<pid_t> status_field(const std::string& directory, std::string_view field) {
    const auto status = read_file(directory + "/status");
    if (!status) return std::nullopt;
    for (const std::string_view line : split(*status, '\n'))
        if (line.starts_with(field) && line.substr(field.size(), 1) == ":")
            return static_cast<pid_t>(
                std::strtol(std::string(line.substr(field.size() + 1)).c_str(), nullptr, 10));
    return std::nullopt;
}

bool has_ended(const std::string& directory) {
    const auto stat = read_file(directory + "/stat");
    if (!stat) return true;
    const std::size_t name_end = stat->rfind(')');
    return name_end == std::string::npos || name_end + 2 >= stat->size() ||
           std::string_view("ZXx").find((*stat)[name_end + 2]) != std::string_view::npos;
}

Error not_permitted(pid_t process, const std::string& directory, int error) {
    const auto tracer = status_field(directory, "TracerPid");
    if (tracer.value_or(0) != 0)
        return {ErrorKind::unsupported,
                fmt::format("process {} is traced by process {} already", process, *tracer)};
    const auto scope = read_file("/proc/sys/kernel/yama/ptrace_scope");
    return {ErrorKind::unsupported,
            fmt::format("process {} may not be traced: {}{}", process, errno_text(error),
                        scope ? fmt::format(" (kernel.yama.ptrace_scope is {})", trimmed(*scope))
                              : std::string(" (by a seccomp filter, or another user's rights)"))};
}

bool is_sync(const __ptrace_syscall_info& call) {
    switch (call.entry.nr) {
        case SYS_fsync:
        case SYS_fdatasync:
        case SYS_sync_file_range:
            return true;
        case SYS_msync:
            return (call.entry.args[2] & MS_SYNC) != 0;
        default:
            return false;
    }
}

bool stops_the_group(int signal) {
    return signal == SIGSTOP || signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU;
}

// The end of a child of this process is for whoever started it; of another's, the kernel tells its parent
// when its tracer has been told.
bool is_own_child(pid_t process) {
    return status_field(fmt::format("/proc/{}", process), "PPid") == ::getpid();
}

bool leads(pid_t thread) {
    return status_field(fmt::format("/proc/{}", thread), "Tgid") == thread;
}

}  // namespace

Status Tracees::seize(pid_t process) {
    // A thread that is traced already has those it starts traced as well: there are new ones only where the
    // list and what was traced had a moment between them.
    for (;;) {
        JOUST_TRY(const bool some, seize_new_threads(process));
        if (!some) return {};
    }
}

Result<bool> Tracees::seize_new_threads(pid_t process) {
    std::error_code failed;
    std::vector<std::string> directories;
    for (std::filesystem::directory_iterator entry(fmt::format("/proc/{}/task", process), failed), end;
         !failed && entry != end; entry.increment(failed))
        directories.push_back(entry->path().string());
    if (directories.empty() || has_ended(fmt::format("/proc/{}", process)))
        return fail(ErrorKind::io, "process {} does not exist", process);
    bool some = false;
    for (const std::string& directory : directories) {
        const pid_t thread = std::stoi(directory.substr(directory.rfind('/') + 1));
        if (threads_.contains(thread)) continue;
        if (trace(PTRACE_SEIZE, thread, k_options) != 0) {
            const int error = errno;
            if (has_ended(directory)) continue;
            // One that this thread traces since it listed them.
            if (status_field(directory, "TracerPid") == static_cast<pid_t>(::gettid())) continue;
            return tl::unexpected(not_permitted(process, directory, error));
        }
        threads_.emplace(thread, Thread{});
        trace(PTRACE_INTERRUPT, thread);
        some = true;
    }
    return some;
}

void Tracees::handle_next(bool letting_go) {
    siginfo_t info{};
    // Stops only: ends are not taken from whoever waits for them.
    if (::waitid(P_ALL, 0, &info, WSTOPPED | k_own_only) == 0 && info.si_pid != 0)
        stopped(info.si_pid, info.si_status, letting_go);
    else if (errno == ECHILD)
        std::this_thread::sleep_for(k_nobody);
}

void Tracees::stopped(pid_t thread, int stop, bool letting_go) {
    threads_.try_emplace(thread);  // a new one may stop before the call that starts it is seen to do so
    const int event_kind = stop >> 8;
    int signal = stop & 0xff;
    bool listens = false;
    if (event_kind == PTRACE_EVENT_STOP) {
        listens = stops_the_group(signal);
        signal = 0;
    } else if (event_kind != 0) {
        take_event(thread, event_kind);
        signal = 0;
    } else if (stop == k_syscall_stop) {
        syscall_stop(thread);
        signal = 0;
    }
    // A thread that ends has nothing more to tell: let go of here, its end is seen by its parent alone.
    if (letting_go || event_kind == PTRACE_EVENT_EXIT) {
        trace(PTRACE_DETACH, thread, static_cast<unsigned long>(signal));
        threads_.erase(thread);
    } else {
        // Should it have been killed meanwhile, it is not there any more.
        trace(listens ? PTRACE_LISTEN : PTRACE_SYSCALL, thread, static_cast<unsigned long>(signal));
    }
}

void Tracees::take_event(pid_t thread, int event) {
    unsigned long message = 0;
    ::syscall(SYS_ptrace, PTRACE_GETEVENTMSG, thread, 0, &message);
    const auto other = static_cast<pid_t>(message);
    if (event == PTRACE_EVENT_CLONE || event == PTRACE_EVENT_FORK || event == PTRACE_EVENT_VFORK)
        threads_.try_emplace(other);
    // It has taken over the number of its process's first thread, and had another one before.
    if (event == PTRACE_EVENT_EXEC && other != thread) threads_.erase(other);
}

// By device and inode, so that it matters neither by what name nor in which container a file is open. A
// mapping that is synced has no descriptor, and belongs to no file that is looked for.
bool Tracees::wanted(pid_t thread, std::uint64_t file) const {
    if (!directory_) return true;
    struct stat open{};
    if (::stat(fmt::format("/proc/{}/fd/{}", thread, file).c_str(), &open) != 0) return false;
    std::error_code failed;
    for (std::filesystem::directory_iterator entry(*directory_, failed), end; !failed && entry != end;
         entry.increment(failed)) {
        struct stat there{};
        if (::lstat(entry->path().c_str(), &there) == 0 && there.st_dev == open.st_dev &&
            there.st_ino == open.st_ino)
            return true;
    }
    return false;
}

void Tracees::syscall_stop(pid_t thread) {
    __ptrace_syscall_info call{};
    if (::syscall(SYS_ptrace, PTRACE_GET_SYSCALL_INFO, thread, sizeof call, &call) <= 0) {
        if (errno != ESRCH) problem_ = fmt::format("the kernel does not tell system calls: {}", errno_text());
        return;
    }
    Thread& known = threads_.at(thread);
    if (call.op == PTRACE_SYSCALL_INFO_ENTRY) {
        if (k_own_calls && call.arch != *k_own_calls)
            problem_ = "a program makes the system calls of another architecture";
        known.in_sync = is_sync(call) && wanted(thread, call.entry.args[0]);
        if (known.in_sync) std::this_thread::sleep_for(delay_);
    } else if (call.op == PTRACE_SYSCALL_INFO_EXIT) {
        if (known.in_sync && call.exit.is_error == 0) syncs_.push_back(wall_now());
        known.in_sync = false;
    }
}

void Tracees::look_for_ended() {
    for (auto entry = threads_.begin(); entry != threads_.end();) {
        const pid_t thread = entry->first;
        siginfo_t info{};
        const int found =
            ::waitid(P_PID, static_cast<id_t>(thread), &info, WEXITED | WNOHANG | WNOWAIT | k_own_only);
        const bool gone = found != 0 && errno == ECHILD;
        // A thread that is stopped is told of as well, whatever was asked for.
        const bool ended =
            found == 0 && info.si_pid == thread &&
            (info.si_code == CLD_EXITED || info.si_code == CLD_KILLED || info.si_code == CLD_DUMPED);
        if (ended && !(leads(thread) && is_own_child(thread)))
            ::waitid(P_PID, static_cast<id_t>(thread), &info, WEXITED | WNOHANG | k_own_only);
        entry = gone || ended ? threads_.erase(entry) : std::next(entry);
    }
}

void Tracees::let_go(Nanoseconds limit) {
    const TimePoint give_up = now() + limit;
    for (const auto& [thread, unused] : threads_)
        trace(PTRACE_INTERRUPT, thread);
    while (!threads_.empty() && now() < give_up) {
        handle_next(true);
        look_for_ended();
    }
}

}  // namespace joust::host
