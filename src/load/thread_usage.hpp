#pragma once

#include <cstdint>
#include <optional>

#include "base/clock.hpp"
#include "base/proc.hpp"
#include "model/usage.hpp"

namespace joust::load {

/// What the calling thread has used so far.
struct ThreadUsage {
    model::CpuTime cpu;
    std::uint64_t voluntary_switches = 0;
    std::uint64_t involuntary_switches = 0;
    std::optional<Nanoseconds> run_delay;  ///< empty where it cannot be read
};
/// `schedstat` is the calling thread's; elsewhere for tests.
ThreadUsage thread_usage_now(const Path& schedstat = SchedulerFile::k_of_this_thread);

}  // namespace joust::load
