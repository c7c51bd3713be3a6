#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "base/file.hpp"
#include "probes/probe.hpp"

namespace joust::probes {

/// How busy the storage of a trial was in its window: TrialResult::storage_busy. It stays empty where the
/// directories lie on no device, or a device cannot be read.
class StorageProbe final : public Probe {
public:
    /// The devices as host::block_devices() has them; `sysfs` is elsewhere only for tests.
    explicit StorageProbe(std::set<std::string> devices, Path sysfs = "/sys/dev/block")
        : devices_(std::move(devices)), sysfs_(std::move(sysfs)) {}
    ~StorageProbe() override;
    StorageProbe(StorageProbe&&) = delete;
    StorageProbe& operator=(StorageProbe&&) = delete;
    Status begin(TimePoint start, TimePoint end) override;
    Status finish(model::TrialResult& trial) override;

private:
    /// Waits until then; false where it was stopped before.
    bool wait_until(TimePoint then);

    const std::set<std::string> devices_;
    const Path sysfs_;
    std::mutex mutex_;
    std::condition_variable changed_;
    bool stopped_ = false;                          ///< guarded by mutex_
    std::optional<std::vector<Nanoseconds>> busy_;  ///< in the window; written by the thread, read after join
    std::thread reader_;
};

}  // namespace joust::probes
