#include "host/process.hpp"

#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/text.hpp"
#include "host/descendants.hpp"

namespace joust::host {
namespace {

// glibc 2.36 declares pidfd_open and pidfd_send_signal for C only.
int open_pidfd(pid_t pid) {
    return static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
}

void send_signal(const Fd& process, int number) {
    ::syscall(SYS_pidfd_send_signal, process.get(), number, nullptr, 0);
}

/// What a new child does before it becomes its program; reported by number through a pipe when it fails.
enum class Step { parent, session, group, oom_score, user, directory, files, ceilings, privileges, program };

struct Failure {
    Step step;
    int error_number;
};

/// All that the child needs, made ready before fork: afterwards it may neither allocate nor lock.
struct Prepared {
    const char* program;
    const char* directory;
    std::vector<char*> argv;
    std::vector<char*> environment;
    std::vector<Fd> group_entrances;
    const User* user;
    const std::vector<std::pair<int, std::uint64_t>>* ceilings;
    std::string oom_score_adj;
    Fd no_input;
    Fd log;
    Fd go;       ///< one byte arrives when the child may go on; end of file when it must not
    Fd failure;  ///< takes a Failure; closed by a successful exec
    pid_t parent;
};

[[noreturn]] void give_up(const Prepared& prepared, Step step) {
    const Failure failure{step, errno};
    [[maybe_unused]] const ssize_t written = ::write(prepared.failure.get(), &failure, sizeof failure);
    ::_exit(127);
}

void reset_signals() {
    for (int number = 1; number < NSIG; ++number)
        ::signal(number, SIG_DFL);  // fails for SIGKILL and SIGSTOP, which have no other disposition
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

bool die_with(pid_t parent) {
    if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return false;
    if (::getppid() == parent) return true;
    errno = ESRCH;
    return false;
}

bool raise_open_files() {
    rlimit files{};
    if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return false;
    files.rlim_cur = files.rlim_max;
    return ::setrlimit(RLIMIT_NOFILE, &files) == 0;
}

// The memory of a service holds its passwords, and fills the disk.
bool forbid_core_dumps() {
    const rlimit none{};
    return ::setrlimit(RLIMIT_CORE, &none) == 0;
}

bool lower(const std::vector<std::pair<int, std::uint64_t>>& ceilings) {
    for (const auto& [resource, most] : ceilings) {
        const auto which = static_cast<__rlimit_resource_t>(resource);
        rlimit limit{};
        if (::getrlimit(which, &limit) != 0) return false;
        // Only root may raise a hard limit, and a small host's own may be below the ceiling.
        limit.rlim_max = std::min<rlim_t>(limit.rlim_max, most);
        limit.rlim_cur = limit.rlim_max;
        if (::setrlimit(which, &limit) != 0) return false;
    }
    return true;
}

bool write_oom_score(const std::string& score) {
    if (score.empty()) return true;
    const int file = ::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    return file >= 0 && ::write(file, score.data(), score.size()) >= 0;
}

bool redirect(const Prepared& prepared) {
    return ::dup2(prepared.no_input.get(), 0) >= 0 && ::dup2(prepared.log.get(), 1) >= 0 &&
           ::dup2(prepared.log.get(), 2) >= 0 && ::close_range(3, ~0U, CLOSE_RANGE_CLOEXEC) == 0;
}

// Only async-signal-safe calls from here on: other threads may have held any lock at the fork.
[[noreturn]] void run_child(const Prepared& prepared) {
    reset_signals();
    if (!die_with(prepared.parent)) give_up(prepared, Step::parent);
    char byte = 0;
    ssize_t got = 0;
    while ((got = ::read(prepared.go.get(), &byte, 1)) < 0 && errno == EINTR) {
    }
    if (got != 1) ::_exit(127);
    if (::setsid() < 0) give_up(prepared, Step::session);
    for (const Fd& entrance : prepared.group_entrances)
        if (::write(entrance.get(), "0", 1) != 1) give_up(prepared, Step::group);
    if (!write_oom_score(prepared.oom_score_adj)) give_up(prepared, Step::oom_score);
    if (!raise_open_files()) give_up(prepared, Step::files);
    if (!forbid_core_dumps()) give_up(prepared, Step::files);
    ::umask(022);  // whoever started this process: nobody else writes what it makes
    if (prepared.user && !become(*prepared.user)) give_up(prepared, Step::user);
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) give_up(prepared, Step::privileges);
    // A change of user takes the death signal away again.
    if (!die_with(prepared.parent)) give_up(prepared, Step::parent);
    if (::chdir(prepared.directory) != 0) give_up(prepared, Step::directory);
    if (!redirect(prepared)) give_up(prepared, Step::files);
    if (!lower(*prepared.ceilings)) give_up(prepared, Step::ceilings);
    ::execve(prepared.program, prepared.argv.data(), prepared.environment.data());
    give_up(prepared, Step::program);
}

// Opened at 3 or above, so that redirect() cannot overwrite it when the parent's own 0 to 2 are closed.
Fd above_standard(int raw) {
    const Fd original(raw);
    return Fd(::fcntl(original.get(), F_DUPFD_CLOEXEC, 3));
}

struct Pipe {
    Fd read;
    Fd write;
};

Result<Pipe> make_pipe() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return fail(ErrorKind::io, "cannot make a pipe: {}", errno_text());
    return Pipe{above_standard(ends[0]), above_standard(ends[1])};
}

// Like a pipe, but writing when nobody reads is no signal.
Result<Pipe> make_gate() {
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return fail(ErrorKind::io, "cannot make a pair of sockets: {}", errno_text());
    return Pipe{above_standard(ends[0]), above_standard(ends[1])};
}

Result<Fd> open_file(const Path& path, int flags) {
    Fd file = above_standard(::open(path.c_str(), flags | O_CLOEXEC | O_NOCTTY, 0644));
    if (!file) return fail(ErrorKind::io, "cannot open {}: {}", path.string(), errno_text());
    return file;
}

Result<Fd> open_output(const ProcessSpec& spec) {
    if (!spec.output) return open_file(spec.log, O_WRONLY | O_CREAT | O_APPEND);
    Fd copy(::fcntl(*spec.output, F_DUPFD_CLOEXEC, 3));
    if (!copy) return fail(ErrorKind::io, "cannot pass on a descriptor: {}", errno_text());
    return copy;
}

// As the shell does, but with the child's own PATH. What is not found is returned as it is; exec says why.
std::string find_program(const ProcessSpec& spec) {
    const std::string& name = spec.command.front();
    if (name.find('/') != std::string::npos) return name;
    for (const auto& [key, value] : spec.environment)
        if (key == "PATH")
            for (const std::string_view directory : split(value, ':'))
                if (std::string path = fmt::format("{}/{}", directory, name);
                    ::access(path.c_str(), X_OK) == 0)
                    return path;
    return name;
}

std::string describe(const Failure& failure, const ProcessSpec& spec) {
    const auto step = [&]() -> std::string {
        switch (failure.step) {
            case Step::parent:
                return "the program that starts it has gone";
            case Step::session:
                return "no session of its own";
            case Step::group:
                return "its cgroup does not take it";
            case Step::oom_score:
                return "its oom_score_adj cannot be set";
            case Step::user:
                return fmt::format("it cannot become user {}", spec.user->name);
            case Step::directory:
                return fmt::format("its directory {} cannot be entered{}", spec.directory.string(),
                                   spec.user ? " by user " + spec.user->name : "");
            case Step::files:
                return "its descriptors cannot be set up";
            case Step::ceilings:
                return "its limits cannot be set";
            case Step::privileges:
                return "its privileges cannot be dropped";
            case Step::program:
                return "its program cannot be run";
        }
        return "unknown step";
    }();
    return fmt::format("cannot start {}: {}: {}", spec.command.front(), step,
                       errno_text(failure.error_number));
}

// Signals stay blocked over the fork, so that none runs a handler of the parent in the child.
pid_t fork_child(const Prepared& prepared, const Pipe& go, const Pipe& failure) {
    sigset_t all;
    sigset_t before;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);
    const pid_t pid = ::fork();
    if (pid == 0) {
        ::close(go.write.get());
        ::close(failure.read.get());
        run_child(prepared);
    }
    const int error = errno;
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    errno = error;
    return pid;
}

std::optional<Failure> read_failure(const Fd& pipe) {
    Failure failure{};
    ssize_t got = 0;
    while ((got = ::read(pipe.get(), &failure, sizeof failure)) < 0 && errno == EINTR) {
    }
    if (got != sizeof failure) return std::nullopt;
    return failure;
}

}  // namespace

std::string to_text(const ExitStatus& status) {
    if (status.code) return fmt::format("exited with code {}", *status.code);
    const int number = status.signal.value_or(0);
    const char* const words = ::sigdescr_np(number);
    return fmt::format("was killed by signal {} ({})", number, words ? words : "real-time signal");
}

Result<Process> Process::start(const ProcessSpec& spec) {
    if (spec.command.empty()) return fail(ErrorKind::bad_input, "there is no command to start");
    const std::string program = find_program(spec);
    std::vector<std::string> variables;
    for (const auto& [key, value] : spec.environment)
        variables.push_back(fmt::format("{}={}", key, value));
    const auto [mark, of_this_process] = own_start_mark();
    variables.push_back(fmt::format("{}={}", mark, of_this_process));
    std::vector<std::string> words = spec.command;
    Prepared prepared{.program = program.c_str(),
                      .directory = spec.directory.c_str(),
                      .user = spec.user && spec.user->uid != ::geteuid() ? &*spec.user : nullptr,
                      .ceilings = &spec.ceilings,
                      .oom_score_adj = spec.oom_score_adj ? std::to_string(*spec.oom_score_adj) : "",
                      .parent = ::getpid()};
    for (std::string& word : words)
        prepared.argv.push_back(word.data());
    prepared.argv.push_back(nullptr);
    for (std::string& variable : variables)
        prepared.environment.push_back(variable.data());
    prepared.environment.push_back(nullptr);
    for (const Path& path : spec.cgroup) {
        JOUST_TRY(Fd entrance, open_file(path, O_WRONLY));
        prepared.group_entrances.push_back(std::move(entrance));
    }
    JOUST_TRY(prepared.no_input, open_file("/dev/null", O_RDONLY));
    JOUST_TRY(prepared.log, open_output(spec));
    JOUST_TRY(Pipe go, make_gate());
    JOUST_TRY(Pipe failure, make_pipe());
    prepared.go = std::move(go.read);
    prepared.failure = std::move(failure.write);

    const pid_t pid = fork_child(prepared, go, failure);
    if (pid < 0) return fail(ErrorKind::io, "cannot start {}: {}", spec.command.front(), errno_text());
    prepared.failure.close();  // from here on the child holds the only end that writes
    Process process(identify(pid).value_or(ProcessIdentity{.pid = pid}), Fd(open_pidfd(pid)));
    if (!process.pidfd_) {
        const std::string why = errno_text();
        ::kill(pid, SIGKILL);
        ::waitpid(pid, nullptr, 0);
        return fail(ErrorKind::io, "cannot watch {}: {}", spec.command.front(), why);
    }
    if (spec.before_start) JOUST_CHECK(spec.before_start(process.identity_));
    // Should it be dead already, its failure or its exit status tell; a signal must not end this process.
    [[maybe_unused]] const ssize_t sent = ::send(go.write.get(), "g", 1, MSG_NOSIGNAL);
    if (const std::optional<Failure> failed = read_failure(failure.read))
        return tl::unexpected<Error>(Error{ErrorKind::io, describe(*failed, spec)});
    return process;
}

Process::Process(Process&&) noexcept = default;

Process& Process::operator=(Process&& other) noexcept {
    if (this != &other) {
        Process old(std::move(*this));  // killed and reaped at the end of this block
        identity_ = other.identity_;
        pidfd_ = std::move(other.pidfd_);
    }
    return *this;
}

Process::~Process() {
    if (!pidfd_) return;
    // The leader by its pidfd as well: before setsid() it is not in a session of its own yet.
    send_signal(pidfd_, SIGKILL);
    [[maybe_unused]] const Status killed = kill_session(identity_);
    // A process that SIGKILL cannot end (stuck in the kernel) is left rather than waited for without bound.
    if (!wait_for(std::chrono::seconds(5))) return;
    siginfo_t info{};
    ::waitid(P_PIDFD, static_cast<id_t>(pidfd_.get()), &info, WEXITED | WNOHANG);
}

std::optional<ExitStatus> Process::exit_status() const {
    siginfo_t info{};
    if (::waitid(P_PIDFD, static_cast<id_t>(pidfd_.get()), &info, WEXITED | WNOHANG | WNOWAIT) != 0 ||
        info.si_pid == 0)
        return std::nullopt;
    if (info.si_code == CLD_EXITED) return ExitStatus{.code = info.si_status};
    if (info.si_code == CLD_KILLED || info.si_code == CLD_DUMPED) return ExitStatus{.signal = info.si_status};
    return std::nullopt;  // where a thread of this program traces it, stops are told whatever was asked for
}

std::optional<ExitStatus> Process::wait_for(Nanoseconds limit) const {
    const TimePoint end = now() + limit;
    for (;;) {
        if (const std::optional<ExitStatus> status = exit_status()) return status;
        const Nanoseconds left = end - now();
        if (left <= Nanoseconds(0)) return std::nullopt;
        const timespec timeout{.tv_sec = left.count() / 1'000'000'000,
                               .tv_nsec = left.count() % 1'000'000'000};
        pollfd watched{.fd = pidfd_.get(), .events = POLLIN, .revents = 0};
        ::ppoll(&watched, 1, &timeout, nullptr);
    }
}

void Process::signal(int number) const {
    send_signal(pidfd_, number);
}

std::optional<ExitStatus> Process::stop(Nanoseconds grace) {
    if (running()) {
        ::kill(-pid(), SIGTERM);
        [[maybe_unused]] const std::optional<ExitStatus> status = wait_for(grace);
    }
    [[maybe_unused]] const Status killed = kill_session(identity_);
    return wait_for(std::chrono::seconds(5));
}

Result<std::string> run_program(ProcessSpec spec, Nanoseconds limit) {
    const Fd output(::memfd_create("output", MFD_CLOEXEC));
    if (!output) return fail(ErrorKind::io, "cannot make a place for output: {}", errno_text());
    spec.log = fmt::format("/proc/self/fd/{}", output.get());
    JOUST_TRY(Process process, Process::start(spec));
    const std::optional<ExitStatus> status = process.wait_for(limit);
    JOUST_TRY(std::string printed, read_file(spec.log));
    if (!status)
        return fail(ErrorKind::timed_out, "{} did not end within {}:\n{}", joined(spec.command, " "),
                    spoken(limit), last_lines(printed, 20));
    if (!status->success())
        return fail(ErrorKind::io, "{} {}:\n{}", joined(spec.command, " "), to_text(*status),
                    last_lines(printed, 20));
    return printed;
}

}  // namespace joust::host
