#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "load/live_histogram.hpp"
#include "model/samples.hpp"

namespace joust::load {

/// A number that one thread writes and others read: no locked instruction, no torn reads.
class LiveCount {
public:
    void add(std::uint64_t amount) { value_.store(get() + amount, std::memory_order_relaxed); }
    void subtract(std::uint64_t amount) { value_.store(get() - amount, std::memory_order_relaxed); }
    [[nodiscard]] std::uint64_t get() const { return value_.load(std::memory_order_relaxed); }

private:
    std::atomic<std::uint64_t> value_{0};
};

/// What one load thread shows while it runs; on cache lines of its own.
struct alignas(64) LiveCounters {
    LiveCount started;
    LiveCount succeeded;
    std::array<LiveCount, model::k_request_error_kinds> errors;
    LiveCount response_time_sum_ns;
    LiveCount bytes_received;
    LiveCount users_completed;
    LiveCount in_flight;
    LiveCount connections;
    std::atomic<bool> finished{false};
    std::array<LiveCount, LiveHistogram::k_size> response_time;
};

}  // namespace joust::load
