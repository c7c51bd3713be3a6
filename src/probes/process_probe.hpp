#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/file.hpp"
#include "model/service_processes.hpp"
#include "probes/probe.hpp"

namespace joust::probes {

/// What a manifest says of the processes of its service.
struct DeclaredProcesses {
    int all = 1;
    int workers = 1;
};

/// The processes of a service, listed several times within the window, so that one that is away at its end is
/// seen as well. Reads /proc/PID/stat of each, some 20 µs, at most five times a second.
class ProcessProbe final : public Probe {
public:
    /// `pids` lists the living processes of the service; it outlives the probe. `first` is the one that was
    /// started, `proc` where /proc is.
    ProcessProbe(std::function<std::vector<pid_t>()> pids, pid_t first, DeclaredProcesses declared,
                 Path proc = "/proc")
        : pids_(std::move(pids)), first_(first), declared_(declared), proc_(std::move(proc)) {}

    Status begin(TimePoint start, TimePoint end) override;
    void look(TimePoint at) override;
    /// Leaves the trial without processes where it looked less than twice, or never saw one.
    Status finish(model::TrialResult& trial) override;

private:
    /// A process is its number and its start: numbers are given out again.
    using Key = std::pair<pid_t, std::uint64_t>;
    struct Life {
        model::SeenProcess seen;
        Nanoseconds cpu_before{0};
    };

    std::function<std::vector<pid_t>()> pids_;
    pid_t first_;
    DeclaredProcesses declared_;
    Path proc_;
    std::optional<TimePoint> began_;  ///< when it first looked
    TimePoint last_;
    std::map<Key, Life> lives_;
    std::vector<int> counts_;   ///< of processes that lived, look by look
    std::vector<int> threads_;  ///< of all of them together, look by look
};

}  // namespace joust::probes
