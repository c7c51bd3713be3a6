#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <type_traits>

#include "base/clock.hpp"
#include "base/cpu_time.hpp"
#include "base/quantity.hpp"

namespace joust::model {

using joust::CpuTime;

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
    /// Sent to the storage layer, less what was given up before it got there; of the processes that live at
    /// the end of the window. Empty where it cannot be read, and in files of earlier versions.
    std::optional<Bytes> storage_written;
    /// That its processes read and wrote by read(), write() and the like, in the same way: of files, pipes
    /// and sockets alike, but not what send() and recv() carry, nor files mapped into memory.
    std::optional<Bytes> bytes_read;
    std::optional<Bytes> bytes_written;
    std::optional<Nanoseconds> run_delay;  ///< time its threads were ready to run but had no CPU (schedstat)

    friend bool operator==(const Usage&, const Usage&) = default;
};

/// Its keys in JSON (see files/json_fields.hpp), each after the party's prefix.
template <typename F, typename U>
    requires std::same_as<std::remove_const_t<U>, Usage>
void fields(F& f, U& usage) {
    f.seconds("cpu_user_s", usage.cpu.user);
    f.seconds("cpu_system_s", usage.cpu.system);
    f.seconds("throttled_s", usage.throttled);
    f("throttled_periods", usage.throttled_periods);
    f.bytes("memory_anonymous_mean_bytes", usage.anonymous.mean);
    f.bytes("memory_anonymous_peak_bytes", usage.anonymous.peak);
    f.bytes("memory_page_cache_mean_bytes", usage.page_cache.mean);
    f.bytes("memory_page_cache_peak_bytes", usage.page_cache.peak);
    f("voluntary_context_switches", usage.voluntary_context_switches);
    f("involuntary_context_switches", usage.involuntary_context_switches);
    f.seconds("run_delay_s", usage.run_delay);
    f.later_bytes("storage_written_bytes", usage.storage_written);
    f.later_bytes("read_bytes", usage.bytes_read);
    f.later_bytes("written_bytes", usage.bytes_written);
}

}  // namespace joust::model
