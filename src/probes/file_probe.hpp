#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/file.hpp"
#include "host/file_watch.hpp"
#include "probes/file_slices.hpp"
#include "probes/probe.hpp"

namespace joust::probes {

/// The load whose files are watched.
struct WatchedLoad {
    std::function<std::uint64_t()> succeeded;  ///< requests so far; asked from a thread of the probe
    double requests_per_s = 0;                 ///< before the window; 0: not known
    /// Requests that may be under way at one moment: the users of a closed model, the connections of an open
    /// one so far, which may become more.
    std::uint64_t straddling = 0;
};

/// Counts what is done to files of a contender's scratch folder in slices of the window: TrialResult::files.
/// Nothing of it fails a trial; where files could not be counted, the trial says why.
class FileProbe final : public Probe {
public:
    /// An empty `folder` is out of reach. `random` decides where the slices lie. What `load` asks outlives
    /// the probe.
    FileProbe(std::optional<Path> folder, const model::FileEffects& contract, WatchedLoad load, Random random)
        : folder_(std::move(folder)), contract_(contract), load_(std::move(load)), random_(random) {}
    ~FileProbe() override;
    FileProbe(FileProbe&&) = delete;
    FileProbe& operator=(FileProbe&&) = delete;
    Status begin(TimePoint start, TimePoint end) override;
    Status finish(model::TrialResult& trial) override;

private:
    /// Waits until then; false where it was stopped before.
    bool wait_until(TimePoint then);
    void watch(host::FileWatch& files, TimePoint start, const std::vector<FileSlice>& slices);
    /// One slice of the window from `start` on that has just begun; false where the probe was stopped in it.
    bool watch_slice(host::FileWatch& files, TimePoint start, const FileSlice& slice);
    Status start_watching(TimePoint start, TimePoint end);

    const std::optional<Path> folder_;
    const model::FileEffects contract_;
    const WatchedLoad load_;
    Random random_;
    std::mutex mutex_;
    std::condition_variable changed_;
    bool stopped_ = false;  ///< guarded by mutex_
    std::optional<host::FileWatch> files_;
    std::vector<WatchedSlice> seen_;  ///< written by the thread, read after join, as is the next
    std::string missed_;              ///< why the last slice that did not count does not
    std::thread watcher_;
};

}  // namespace joust::probes
