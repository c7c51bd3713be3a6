#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/fd.hpp"
#include "base/file.hpp"
#include "host/proc.hpp"
#include "host/user.hpp"

namespace joust::host {

/// How a process ended: exactly one of the two is set.
struct ExitStatus {
    std::optional<int> code;
    std::optional<int> signal;

    [[nodiscard]] bool success() const { return code == 0; }
    friend bool operator==(const ExitStatus&, const ExitStatus&) = default;
};
/// The status in words: "exited with code 3", "was killed by signal 9 (Killed)".
std::string to_text(const ExitStatus& status);

using Environment = std::vector<std::pair<std::string, std::string>>;

struct ProcessSpec {
    std::vector<std::string> command;  ///< at least one; without '/' it is looked up in PATH of `environment`
    Environment environment;           ///< the whole of it but for start_mark(); nothing is inherited
    Path directory = "/";
    Path log = "/dev/null";            ///< stdout and stderr are appended; made if missing, mode 0644
    std::optional<int> output;         ///< a descriptor for stdout and stderr in place of `log`
    std::optional<User> user;          ///< empty: as this process
    std::vector<Path> cgroup;          ///< Cgroup::entrances(): entered before the program starts
    std::optional<int> oom_score_adj;  ///< -1000 to 1000; e.g. 500: sooner than this process
    /// Resource limits (RLIMIT_…), soft and hard; a hard limit that is lower already stays.
    std::vector<std::pair<int, std::uint64_t>> ceilings;
    /// Called when the process exists but has not become its program yet; an error keeps it from doing so.
    /// Here its identity is written to the journal.
    std::function<Status(const ProcessIdentity&)> before_start;
};

/// A child process as a resource; it and its session are killed and reaped at the end of its life.
///
/// The program leads a session of its own, has no new privileges, no inherited descriptors, signal
/// dispositions or umask (022), dumps no core, and has as many open files as the hard limit allows. It is
/// killed when the *thread* that started it ends (PR_SET_PDEATHSIG): start it from a thread that outlives it.
class Process {
public:
    /// Returns once the program runs; an error says which step failed (its user, directory, program…) and
    /// why.
    static Result<Process> start(const ProcessSpec& spec);

    Process(Process&&) noexcept;
    Process& operator=(Process&&) noexcept;
    ~Process();

    [[nodiscard]] pid_t pid() const { return identity_.pid; }
    [[nodiscard]] const ProcessIdentity& identity() const { return identity_; }
    [[nodiscard]] bool running() const { return !exit_status(); }
    /// How it ended; empty while it runs.
    [[nodiscard]] std::optional<ExitStatus> exit_status() const;
    /// Waits for its end at most so long, and returns how it ended; empty if it still runs.
    [[nodiscard]] std::optional<ExitStatus> wait_for(Nanoseconds limit) const;
    /// Readable (poll, epoll) once the process has ended.
    [[nodiscard]] int pidfd() const { return pidfd_.get(); }
    /// Sends a signal to this process alone; nothing happens if it has ended.
    void signal(int number) const;
    /// SIGTERM to its process group, SIGKILL to its session after `grace`; returns how it ended (empty if
    /// even SIGKILL does not end it within five seconds). Descendants that made sessions of their own are
    /// left: for those, kill the cgroup or call RunState::end_strays().
    std::optional<ExitStatus> stop(Nanoseconds grace);
    /// Living processes of its session, itself included.
    [[nodiscard]] std::vector<pid_t> pids() const { return pids_of_session(pid()); }

private:
    Process(ProcessIdentity identity, Fd pidfd) : identity_(identity), pidfd_(std::move(pidfd)) {}
    ProcessIdentity identity_;
    Fd pidfd_;  ///< empty when moved from. The child stays a zombie until the destructor, so its pid is ours
};

/// Runs a short program to its end and returns what it printed (both streams). Fails if it cannot be started,
/// exits with another code than 0 (the message ends with its last lines), or exceeds `limit`.
Result<std::string> run_program(ProcessSpec spec, Nanoseconds limit);

}  // namespace joust::host
