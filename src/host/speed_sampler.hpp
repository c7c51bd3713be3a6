#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "base/clock.hpp"
#include "base/error.hpp"

namespace joust::host {

/// A CPU with fewer samples in a window has no speed there.
inline constexpr std::size_t k_least_speed_samples = 50;

/// How fast CPUs ran in a window.
struct CpuSpeed {
    double samples_per_ms;  ///< that one would take, > 0; the mean of several CPUs
    std::size_t samples;    ///< that it rests on, of all the CPUs

    friend bool operator==(const CpuSpeed&, const CpuSpeed&) = default;
};

/// One CPU's speed from how long its samples took, in nanoseconds. Those above four times
/// the median were interrupted and do not count; empty where fewer than k_least_speed_samples are left.
std::optional<CpuSpeed> speed_of(std::span<const float> durations);

/// The CPUs whose speed stands for that of all: 16 of them at most, evenly chosen.
std::vector<int> cpus_for_speed(const std::vector<int>& cpus);

/// Measures how fast CPUs run, some 100 times a second at irregular times. It shows what no counter of steal
/// does: that others use the same physical core, its caches or its memory. A sample is three round trips of a
/// byte through a pipe and 4000 rounds of eight additions, some 12 us.
///
/// Each CPU has a process of its own, forked at start(), so that no memory need be copied in a window. It
/// stays in the cgroups in which this process was then, wherever this process goes: an OwnGroup may allow
/// other CPUs, or no real-time priority. The processes are killed at the end of the sampler's life, and when
/// the thread that started it ends.
class SpeedSampler {
public:
    /// Fails where no process can be started; a CPU on which none can be placed, or not with real-time
    /// priority, shows in the results only.
    static Result<SpeedSampler> start(const std::vector<int>& cpus);
    SpeedSampler(SpeedSampler&&) noexcept;
    SpeedSampler& operator=(SpeedSampler&&) = delete;
    ~SpeedSampler();

    /// Begins the window [start, end), which may lie in the future; one that is under way is given up. Of a
    /// window longer than an hour and a half the last samples count.
    void begin(TimePoint start, TimePoint end);
    /// Waits for the window's end where there is something to wait for. Empty where one of the CPUs has no
    /// speed, or no process could be placed on it with real-time priority, and where there is no window.
    [[nodiscard]] std::optional<CpuSpeed> finish();
    /// Closes the window now instead of at its end.
    std::optional<CpuSpeed> finish_now();

private:
    class Worker;
    explicit SpeedSampler(std::vector<std::unique_ptr<Worker>> workers);
    std::vector<std::unique_ptr<Worker>> workers_;
};

}  // namespace joust::host
