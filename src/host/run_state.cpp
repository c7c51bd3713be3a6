#include "host/run_state.hpp"

#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <mutex>
#include <set>
#include <thread>

#include "base/text.hpp"
#include "host/journal.hpp"

namespace joust::host {
namespace {

constexpr std::string_view k_lock_suffix = ".lock";

// Undoes a dead run under its lock, then forgets it. Empty if the lock is not to be had: the run lives, or
// another one has swept it.
std::optional<std::vector<std::string>> sweep(const RunFiles& files, bool wait) {
    const std::optional<Fd> lock = lock_run(files.lock, wait);
    if (!lock) return std::nullopt;
    std::vector<std::string> failures = undo(files);
    if (failures.empty()) ::unlink(files.lock.c_str());
    return failures;
}

// Forked, not executed: it works even if the program's file is replaced or removed meanwhile.
[[noreturn]] void run_guardian(const RunFiles& files) {
    ::setsid();
    ::prctl(PR_SET_NAME, "joust-guardian");
    for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE, SIGUSR1, SIGUSR2})
        ::signal(number, SIG_IGN);
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    // Everything inherited is closed: the lock first of all, which lives as long as any copy of its
    // descriptor, and the terminal or pipe, whose reader waits for its end.
    ::close_range(0, ~0U, 0);
    ::open("/dev/null", O_RDWR);
    [[maybe_unused]] const int out = ::dup(0);
    [[maybe_unused]] const int err = ::dup(0);
    if (::chdir("/") != 0) ::_exit(1);
    const auto failures = sweep(files, true);
    ::_exit(failures && !failures->empty() ? 1 : 0);
}

// Locked under another name first: a sweep that starts at this moment must never see it unlocked. Empty if
// the run's id is taken.
Result<std::optional<Fd>> make_lock(const Path& path) {
    Path unlocked = path;
    unlocked += ".new";
    Fd file(::open(unlocked.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    const bool locked = file && ::flock(file.get(), LOCK_EX | LOCK_NB) == 0;
    const bool named = locked && ::link(unlocked.c_str(), path.c_str()) == 0;
    const int error = errno;
    ::unlink(unlocked.c_str());
    if (named) return file;
    if (locked && error == EEXIST) return std::nullopt;
    return fail(ErrorKind::io, "cannot make the lock {}: {}", path.string(), errno_text(error));
}

// mkdir -p whose last directory anybody can pass through but not list.
Status make_passable(const Path& directory) {
    JOUST_CHECK(make_directories(directory));
    if (::chmod(directory.c_str(), 0711) != 0)
        return fail(ErrorKind::io, "cannot set the mode of {}: {}", directory.string(), errno_text());
    return {};
}

void reap(pid_t child, Nanoseconds limit) {
    const TimePoint give_up = now() + limit;
    while (::waitpid(child, nullptr, WNOHANG) == 0 && now() < give_up)
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
}

}  // namespace

Path default_state_root() {
    if (::geteuid() == 0) return "/var/lib/joust";
    if (const char* state = std::getenv("XDG_STATE_HOME"); state && *state == '/')
        return Path(state) / "joust";
    if (const char* home = std::getenv("HOME"); home && *home == '/')
        return Path(home) / ".local/state/joust";
    const passwd* const entry = ::getpwuid(::geteuid());
    return Path(entry ? entry->pw_dir : "/tmp") / ".local/state/joust";
}

SweepReport sweep_stale(const Path& state_root) {
    std::vector<std::string> ids;
    std::error_code error;
    for (std::filesystem::directory_iterator entry(state_root / "runs", error), end; !error && entry != end;
         entry.increment(error))
        if (entry->path().extension() == k_lock_suffix) ids.push_back(entry->path().stem().string());
    SweepReport report;
    for (const std::string& id : ids) {
        const auto failures = sweep(RunFiles(state_root, id), false);
        if (!failures) continue;
        report.failures.insert(report.failures.end(), failures->begin(), failures->end());
        if (failures->empty()) report.swept.push_back(id);
    }
    return report;
}

struct RunState::State {
    std::string id;
    RunFiles files;
    Fd lock;
    pid_t guardian;
    AppendFile journal;
    std::mutex mutex;
    std::set<std::string> recorded;  ///< guarded by mutex, as is `journal`

    Status record(const std::string& line) {
        const std::lock_guard guard(mutex);
        if (!recorded.insert(line).second) return {};
        return journal.append_line(line);
    }
};

Result<RunState> RunState::create(const Path& state_root) {
    JOUST_CHECK(make_passable(state_root));
    JOUST_CHECK(make_passable(state_root / "runs"));
    const std::string base = fmt::format("{}-{}", compact_time(wall_now()), ::getpid());
    std::string id = base;
    std::optional<Fd> lock;
    for (int next = 2; !lock; id = fmt::format("{}-{}", base, next++)) {
        JOUST_TRY(lock, make_lock(RunFiles(state_root, id).lock));
        if (lock) break;
    }
    const RunFiles files(state_root, id);
    JOUST_TRY(AppendFile journal, AppendFile::open(files.journal));
    const pid_t guardian = ::fork();
    if (guardian == 0) run_guardian(files);
    if (guardian < 0) {
        const std::string why = errno_text();
        undo(files);
        ::unlink(files.lock.c_str());
        return fail(ErrorKind::io, "cannot start the guardian: {}", why);
    }
    RunState state(
        std::unique_ptr<State>(new State{id, files, std::move(*lock), guardian, std::move(journal), {}, {}}));
    JOUST_CHECK(make_passable(files.directory));
    return state;
}

RunState::RunState(std::unique_ptr<State> state) : state_(std::move(state)) {}
RunState::RunState(RunState&&) noexcept = default;

RunState::~RunState() {
    if (!state_) return;
    // What cannot be undone now stays in the journal for the next start; the guardian tries once more.
    if (undo(state_->files).empty()) ::unlink(state_->files.lock.c_str());
    state_->lock.close();
    reap(state_->guardian, std::chrono::seconds(5));
}

const std::string& RunState::id() const {
    return state_->id;
}

const Path& RunState::directory() const {
    return state_->files.directory;
}

pid_t RunState::guardian() const {
    return state_->guardian;
}

Status RunState::record_group(const Path& directory) {
    JOUST_TRY(const std::string line, group_line(directory));
    return state_->record(line);
}

Status RunState::record_session(const ProcessIdentity& leader) {
    return state_->record(session_line(leader));
}

Status RunState::record_path(const Path& path) {
    JOUST_TRY(const std::string line, path_line(path));
    return state_->record(line);
}

}  // namespace joust::host
