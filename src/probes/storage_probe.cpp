#include "probes/storage_probe.hpp"

#include <algorithm>
#include <functional>

#include "base/thread.hpp"
#include "host/storage.hpp"

namespace joust::probes {

StorageProbe::~StorageProbe() {
    if (!reader_.joinable()) return;
    {
        const std::lock_guard lock(mutex_);
        stopped_ = true;
    }
    changed_.notify_all();
    reader_.join();
}

bool StorageProbe::wait_until(TimePoint then) {
    std::unique_lock lock(mutex_);
    return !changed_.wait_until(lock, then, [this] { return stopped_; });
}

// A drain may be as long as the window, so the end is read by a thread of its own, in time.
Status StorageProbe::begin(TimePoint start, TimePoint end) {
    if (devices_.empty()) return {};
    JOUST_TRY(reader_, start_thread([this, start, end] {
                  if (!wait_until(start)) return;
                  const auto first = host::busy_times(devices_, sysfs_);
                  if (!wait_until(end)) return;
                  busy_ = host::busy_times(devices_, sysfs_);
                  if (!first || !busy_) return busy_.reset();
                  std::transform(busy_->begin(), busy_->end(), first->begin(), busy_->begin(),
                                 std::minus<>());
              }));
    return {};
}

Status StorageProbe::finish(model::TrialResult& trial) {
    if (!reader_.joinable()) return {};
    reader_.join();
    if (busy_)  // a tick may stand out of the window
        trial.storage_busy = std::min(*std::max_element(busy_->begin(), busy_->end()), trial.samples.window);
    return {};
}

}  // namespace joust::probes
