#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/file.hpp"

namespace joust::host {

/// The threads that one thread of this process traces: all functions are to be called in that one. When it
/// ends, the kernel lets go of those that are left.
class Tracees {
public:
    /// Counts syncs of those open files that are, when they are synced, in `directory`; empty: of all files.
    /// Each begins `delay` later than its thread wants it to.
    explicit Tracees(std::optional<Path> directory = {}, Nanoseconds delay = Nanoseconds{0})
        : directory_(std::move(directory)), delay_(delay) {}

    /// Begins to trace every thread of a process. From then on no thread of it begins a system call that is
    /// not seen. See SyncCount::begin() for how it fails.
    Status seize(pid_t process);

    /// Waits for a thread to stop, and lets it go on; a signal to this thread ends the wait. With
    /// `letting_go`, what stops is traced no longer.
    void handle_next(bool letting_go);
    /// Forgets threads that have ended without a stop, and reaps those whose end would otherwise be hidden.
    void look_for_ended();
    /// Lets go of all of them within `limit`.
    void let_go(Nanoseconds limit);

    /// When each sync that succeeded had ended, before its thread went on.
    [[nodiscard]] const std::vector<WallTime>& syncs() const { return syncs_; }
    /// Why the calls cannot be known; "" where they can.
    [[nodiscard]] const std::string& problem() const { return problem_; }

private:
    struct Thread {
        bool in_sync = false;  ///< in a call that makes a file durable
    };
    Result<bool> seize_new_threads(pid_t process);
    void stopped(pid_t thread, int stop, bool letting_go);
    void take_event(pid_t thread, int event);
    void syscall_stop(pid_t thread);
    [[nodiscard]] bool wanted(pid_t thread, std::uint64_t file) const;

    std::optional<Path> directory_;
    Nanoseconds delay_;
    std::map<pid_t, Thread> threads_;
    std::vector<WallTime> syncs_;
    std::string problem_;
};

}  // namespace joust::host
