#include "host/run_state.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <mutex>
#include <set>
#include <thread>

#include "base/text.hpp"
#include "host/descendants.hpp"
#include "host/journal.hpp"
#include "host/run_users.hpp"
#include "host/state_root.hpp"

namespace joust::host {
namespace {

constexpr std::string_view k_lock_suffix = ".lock";
constexpr std::string_view k_journal_suffix = ".journal";

std::vector<std::string> ids_with(const Path& state_root, std::string_view suffix) {
    std::vector<std::string> ids;
    std::error_code error;
    for (std::filesystem::directory_iterator entry(state_root / "runs", error), end; !error && entry != end;
         entry.increment(error))
        if (entry->path().extension() == suffix) ids.push_back(entry->path().stem().string());
    return ids;
}

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
    JOUST_CHECK(check_nobody_else_writes(directory));
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

Runs look_at_runs(const Path& state_root) {
    Runs runs;
    for (const std::string& id : ids_with(state_root, k_lock_suffix)) {
        const RunFiles files(state_root, id);
        if (lock_run(files.lock, false)) {
            runs.dead.push_back(id);
            continue;
        }
        std::error_code error;
        if (!std::filesystem::exists(files.lock, error)) continue;  // it has ended meanwhile
        runs.alive.push_back(id);
        for (const Path& path : parse_journal(read_file(files.journal).value_or("")).uses)
            runs.used.insert(path);
    }
    return runs;
}

SweepReport sweep_stale(const Path& state_root) {
    SweepReport report;
    for (const std::string& id : ids_with(state_root, k_lock_suffix)) {
        const auto failures = sweep(RunFiles(state_root, id), false);
        if (!failures) continue;
        report.failures.insert(report.failures.end(), failures->begin(), failures->end());
        if (failures->empty()) report.swept.push_back(id);
    }
    return report;
}

struct RunState::State {
    Path state_root;
    std::string id;
    RunFiles files;
    Fd lock;
    pid_t guardian;
    AppendFile journal;
    std::mutex mutex;
    std::set<std::string> recorded;  ///< guarded by mutex, as is `journal`
    /// Children of this process: its own before the run, and what it started in it.
    std::vector<ProcessIdentity> children;
    struct Leader {
        ProcessIdentity identity;
        std::vector<ProcessIdentity> before;  ///< children of this process when it was recorded
    };
    std::vector<Leader> leaders;

    Status record(const std::string& line) {
        const std::lock_guard guard(mutex);
        if (!recorded.insert(line).second) return {};
        return journal.append_line(line);
    }
};

Result<RunState> RunState::create(const Path& state_root) {
    JOUST_CHECK(make_passable(state_root));
    JOUST_CHECK(mark_state_root(state_root));
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
    RunState state(std::unique_ptr<State>(
        new State{state_root, id, files, std::move(*lock), guardian, std::move(journal), {}, {}, {}, {}}));
    const ProcessIdentity self = identify(::getpid()).value_or(ProcessIdentity{.pid = ::getpid()});
    JOUST_CHECK(state.state_->record(origin_line({.space = process_space(), .process = self})));
    state.state_->children = own_children();
    JOUST_CHECK(adopt_orphans());
    JOUST_CHECK(make_passable(files.directory));
    return state;
}

RunState::RunState(std::unique_ptr<State> state) : state_(std::move(state)) {}
RunState::RunState(RunState&&) noexcept = default;

RunState::~RunState() {
    if (!state_) return;
    static_cast<void>(host::end_strays(state_->children));
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
    state_->leaders.push_back({leader, own_children()});
    state_->children.push_back(leader);
    return state_->record(session_line(leader));
}

Result<User> RunState::new_user() {
    if (::geteuid() != 0) return current_user();
    // Of dead runs, too, as long as they are not swept: what they left would be this user's.
    std::set<uid_t> taken;
    for (const std::string& id : ids_with(state_->state_root, k_journal_suffix)) {
        const std::string text = read_file(RunFiles(state_->state_root, id).journal).value_or("");
        for (const uid_t uid : parse_journal(text).users)
            taken.insert(uid);
    }
    JOUST_TRY(User user, find_run_user(taken));
    JOUST_CHECK(state_->record(user_line(user.uid)));
    return user;
}

Status RunState::end_strays(const ProcessIdentity& leader) const {
    const auto recorded = std::find_if(state_->leaders.begin(), state_->leaders.end(),
                                       [&](const auto& other) { return other.identity == leader; });
    if (recorded == state_->leaders.end()) return {};
    // What had been a child before it was started cannot have come from it.
    std::vector<ProcessIdentity> known = state_->children;
    known.insert(known.end(), recorded->before.begin(), recorded->before.end());
    return host::end_strays(known);
}

Status RunState::record_path(const Path& path) {
    JOUST_TRY(const std::string line, path_line(path));
    return state_->record(line);
}

Status RunState::record_engine(const std::string& address) {
    JOUST_TRY(const std::string line, engine_line(address));
    return state_->record(line);
}

Status RunState::record_use(const Path& path) {
    JOUST_TRY(const std::string line, use_line(path));
    return state_->record(line);
}

}  // namespace joust::host
