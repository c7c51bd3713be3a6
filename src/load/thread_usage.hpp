#pragma once

#include <cstdint>
#include <optional>

#include "base/clock.hpp"
#include "model/usage.hpp"

namespace joust::load {

/// What the calling thread has used so far.
struct ThreadUsage {
    model::CpuTime cpu;
    std::uint64_t voluntary_switches = 0;
    std::uint64_t involuntary_switches = 0;
    std::optional<Nanoseconds> run_delay;  ///< empty where /proc/thread-self/schedstat cannot be read
};
ThreadUsage thread_usage_now();

/// CPU time of the whole host since its start, in the kernel's ticks.
struct HostTicks {
    std::uint64_t all = 0;
    std::uint64_t stolen = 0;  ///< by other guests of the hypervisor
};
/// Empty where /proc/stat cannot be read.
std::optional<HostTicks> host_ticks_now();

}  // namespace joust::load
