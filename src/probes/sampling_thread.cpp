#include "probes/sampling_thread.hpp"

#include "base/thread.hpp"

namespace joust::probes {

SamplingThread::~SamplingThread() {
    if (!thread_.joinable()) return;
    {
        const std::lock_guard lock(mutex_);
        stopped_ = true;
    }
    changed_.notify_all();
    thread_.join();
}

Status SamplingThread::start(std::function<void()> work) {
    JOUST_TRY(thread_, start_thread(std::move(work)));
    return {};
}

bool SamplingThread::wait_until(TimePoint then) {
    std::unique_lock lock(mutex_);
    return !changed_.wait_until(lock, then, [this] { return stopped_; });
}

}  // namespace joust::probes
