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
    friend bool operator==(const ThreadUsage&, const ThreadUsage&) = default;
};
/// What it has used since the earlier moment.
ThreadUsage operator-(const ThreadUsage& later, const ThreadUsage& earlier);
/// The usage of the calling thread now. `schedstat` is that thread's, elsewhere only for tests.
ThreadUsage thread_usage_now(const Path& schedstat = SchedulerFile::k_of_this_thread);

}  // namespace joust::load
