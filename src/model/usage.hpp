#pragma once

#include <cstdint>
#include <optional>

#include "base/clock.hpp"
#include "base/quantity.hpp"

namespace joust::model {

/// CPU time of a cgroup or a set of threads.
struct CpuTime {
    Nanoseconds user{0};
    Nanoseconds system{0};

    [[nodiscard]] Nanoseconds total() const { return user + system; }
    friend CpuTime operator-(CpuTime a, CpuTime b) { return {a.user - b.user, a.system - b.system}; }
    friend CpuTime operator+(CpuTime a, CpuTime b) { return {a.user + b.user, a.system + b.system}; }
    friend bool operator==(const CpuTime&, const CpuTime&) = default;
};

/// Mean and peak of an amount of memory that was sampled over the window.
struct MemoryUse {
    Bytes mean;
    Bytes peak;
    friend bool operator==(const MemoryUse&, const MemoryUse&) = default;
};

/// What one party (contender, database, generator) used in the measured window.
struct Usage {
    CpuTime cpu;
    std::optional<Nanoseconds> throttled;  ///< time its quota kept it from running; empty where not readable
    std::optional<std::uint64_t> throttled_periods;  ///< number of quota periods in which that happened
    /// Anonymous and shared memory (heap, stacks, shared buffers): what the party itself holds.
    MemoryUse anonymous;
    MemoryUse page_cache;  ///< file pages charged to it (shared memory apart): the kernel can take them back
    std::optional<std::uint64_t> voluntary_context_switches;
    std::optional<std::uint64_t> involuntary_context_switches;
    std::optional<Nanoseconds> run_delay;  ///< time its threads were ready to run but had no CPU (schedstat)

    friend bool operator==(const Usage&, const Usage&) = default;
};

}  // namespace joust::model
