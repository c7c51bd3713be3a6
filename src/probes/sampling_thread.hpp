#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "base/clock.hpp"
#include "base/error.hpp"

namespace joust::probes {

/// A thread that looks at something now and then. A resource: at the end of its life it is stopped and waited
/// for.
class SamplingThread {
public:
    SamplingThread() = default;
    SamplingThread(SamplingThread&&) = delete;
    SamplingThread& operator=(SamplingThread&&) = delete;
    ~SamplingThread();

    /// `work` waits only by wait_until(), and returns where that says so. Called once.
    Status start(std::function<void()> work);
    [[nodiscard]] bool started() const { return thread_.joinable(); }
    /// Waits for the end of the work.
    void join() { thread_.join(); }
    /// For the work: waits until then; false where the thread was stopped before.
    bool wait_until(TimePoint then);

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    bool stopped_ = false;  ///< guarded by mutex_
    std::thread thread_;
};

}  // namespace joust::probes
