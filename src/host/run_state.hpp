#pragma once

#include <sys/types.h>

#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/file.hpp"
#include "host/proc.hpp"
#include "host/state_root.hpp"
#include "host/user.hpp"

namespace joust::host {

/// The runs below a state root, as they are at this moment.
struct Runs {
    std::vector<std::string> alive;  ///< ids, as are the dead ones
    std::vector<std::string> dead;   ///< sweep_stale would remove what they have left
    std::set<Path> used;             ///< what living ones have recorded by record_use
};
Runs look_at_runs(const Path& state_root);

/// What a sweep found and did.
struct SweepReport {
    std::vector<std::string> swept;     ///< ids of dead runs whose remains are gone now
    std::vector<std::string> failures;  ///< sentences: what could not be removed; tried again next time
};
/// Removes what runs that are dead have left: their processes, cgroups and directories. Runs alive are not
/// touched. Call it at every start, before RunState::create.
SweepReport sweep_stale(const Path& state_root);

/// One run's place below the state root, and the promise that nothing is left behind whatever kills Joust.
///
///     <root>/runs/<id>/         the run's directory, which the unprivileged user can traverse
///     <root>/runs/<id>.journal  what has to be undone, written before it is done
///     <root>/runs/<id>.lock     held as long as this process lives
///
/// A guardian, a small process of its own session, waits for the lock and undoes everything as soon as this
/// process is gone, however it went. If the guardian dies too, sweep_stale does it at the next start.
class RunState {
public:
    /// Forks the guardian: call it before any thread is started. From then on this process takes in the
    /// orphans among its descendants. Fails (unsupported) if others can write where the runs are.
    static Result<RunState> create(const Path& state_root);

    RunState(RunState&&) noexcept;
    RunState& operator=(RunState&&) = delete;
    /// Undoes everything that is recorded.
    ~RunState();

    /// Fit for names of directories and groups: time, pid; [0-9TZ-].
    [[nodiscard]] const std::string& id() const;
    [[nodiscard]] const Path& directory() const;
    [[nodiscard]] pid_t guardian() const;

    // Record first, make then. Thread-safe. Paths must be absolute.
    Status record_group(const Path& directory);
    Status record_session(const ProcessIdentity& leader);
    /// A file, socket or directory tree outside directory() (which is removed anyway).
    Status record_path(const Path& path);
    /// A Docker engine that is going to make containers and volumes with this run's label.
    Status record_engine(const std::string& address);

    /// Something that is kept between runs: nobody may remove it as long as this run lives.
    Status record_use(const Path& path);

    /// For one contender: as root a user of its own, of whom nobody else on this host is, recorded here and
    /// ended with the run; for anybody else that user himself.
    Result<User> new_user();
    /// Ends what a recorded leader has left behind in other sessions: descendants whose parents have gone.
    /// The leader's own session is to be ended before. Use one thread for this and for starting processes.
    Status end_strays(const ProcessIdentity& leader) const;

private:
    struct State;
    explicit RunState(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

/// What a program leaves behind in sessions of its own making, as a resource: ended at the end of its life,
/// which has to come after the program's own end. The run outlives it.
class Strays {
public:
    Strays(const RunState& run, const ProcessIdentity& leader) : run_(&run), leader_(leader) {}
    Strays(Strays&& other) noexcept : run_(std::exchange(other.run_, nullptr)), leader_(other.leader_) {}
    Strays& operator=(Strays&& other) noexcept {
        std::swap(run_, other.run_);
        std::swap(leader_, other.leader_);
        return *this;
    }
    ~Strays() {
        if (run_) [[maybe_unused]]
            const Status ended = end();
    }
    [[nodiscard]] Status end() const { return run_->end_strays(leader_); }

private:
    const RunState* run_;  ///< null when moved from
    ProcessIdentity leader_;
};

}  // namespace joust::host
