#pragma once

#include <sys/types.h>

#include <memory>
#include <optional>
#include <variant>
#include <vector>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "base/proc.hpp"
#include "host/group_files.hpp"
#include "model/usage.hpp"

namespace joust::host {

/// A party in a cgroup: CPU, throttling and memory are the kernel's sums. The files must outlive the sampler.
struct GroupSource {
    const GroupFiles* group;
    bool threads = false;  ///< context switches and run delay too: reads every thread at both edges
    /// The group is another program's and goes with its last process, as a container's does: from then on its
    /// last counters stand.
    bool may_vanish = false;
};
/// A party without a cgroup: its session's processes from /proc. Processes that come and go are missed.
struct SessionSource {
    pid_t session;
};
/// Some threads of this process, for example the generator's; memory is the whole process's.
struct OwnThreadsSource {
    std::vector<pid_t> tids;
};
/// Some CPUs: whatever ran on them, at the kernel's tick. No memory. At most one source of a sampler is one.
struct CpuSource {
    std::vector<int> cpus;
    /// What to count as steal instead of as time of tasks (see host/added_steal.hpp); empty: nothing.
    std::optional<Path> added_steal = std::nullopt;
};
using UsageSource = std::variant<GroupSource, SessionSource, OwnThreadsSource, CpuSource>;

/// What became of the time of the CPUs of a CpuSource.
struct CpusInWindow {
    TimeOfCpus time;
    Nanoseconds added_steal{0};  ///< the part of what is called stolen that a file told of
};

/// Usage of several parties over one window, in the order of the sources.
struct WindowUsage {
    std::vector<model::Usage> parties;
    std::optional<CpusInWindow> cpus;  ///< where one of the sources is a CpuSource
    TimePoint begin;                   ///< when the counters were really read
    TimePoint end;
};

/// Reads counters at both edges of a window, and memory every 200 ms between them, on a thread of its own.
class UsageSampler {
public:
    /// The window is [start, end). `start` may lie in the future (the thread sleeps until then) or be now();
    /// `end` likewise, and finish() ends an earlier one.
    UsageSampler(std::vector<UsageSource> sources, TimePoint start, TimePoint end,
                 Nanoseconds period = std::chrono::milliseconds(200));
    UsageSampler(UsageSampler&&) noexcept;
    UsageSampler& operator=(UsageSampler&&) = delete;
    ~UsageSampler();

    /// Waits for the window's end and returns what was used in it; fails if a source could not be read.
    Result<WindowUsage> finish();
    /// Closes the window now instead of at its end; also if it has not begun (then its length is zero).
    Result<WindowUsage> finish_now();

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace joust::host
