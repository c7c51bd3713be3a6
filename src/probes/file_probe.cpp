#include "probes/file_probe.hpp"

#include <algorithm>

#include "base/thread.hpp"

namespace joust::probes {
namespace {

using namespace std::chrono_literals;

// The kernel keeps the events of some 3000 files, so that ten times the rate of the fastest service leaves
// room for a thread that is late by a tenth of a second.
constexpr Nanoseconds k_pause = 10ms;

std::int64_t most_per_request(const model::FileEffects& files) {
    std::int64_t most = 0;
    for (const model::FileDeed deed : model::k_file_deeds)
        most = std::max(most, model::count(files, deed));
    return most;
}

}  // namespace

FileProbe::~FileProbe() {
    if (!watcher_.joinable()) return;
    {
        const std::lock_guard lock(mutex_);
        stopped_ = true;
    }
    changed_.notify_all();
    watcher_.join();
}

bool FileProbe::wait_until(TimePoint then) {
    std::unique_lock lock(mutex_);
    return !changed_.wait_until(lock, then, [this] { return stopped_; });
}

// Whatever is done within the slice has been queued before its request is answered, so requests are counted
// with the watch on at both edges. What decides its end is seen in it, which no bound minds.
bool FileProbe::watch_slice(host::FileWatch& files, TimePoint start, const FileSlice& slice) {
    TimePoint begun = now();
    std::uint64_t before = load_.succeeded();
    const auto requests = [&] { return load_.succeeded() - before; };
    const auto over = [&](TimePoint time) {
        const std::uint64_t answered = requests();
        return time >= start + slice.latest || answered >= 2 * slice.requests ||
               (time >= start + slice.start + slice.length && answered >= slice.requests);
    };
    while (!over(now())) {
        if (!wait_until(now() + k_pause)) return false;
        files.take();
        if (!files.better_begun_anew()) continue;
        static_cast<void>(files.end());
        if (const Status anew = files.begin(); !anew) {
            missed_ = anew.error().message;
            return true;
        }
        begun = now();
        before = load_.succeeded();
    }
    const std::uint64_t answered = requests();
    const Nanoseconds length = now() - begun;
    if (const auto counts = files.end())
        seen_.push_back({*counts, answered, length});
    else
        missed_ = counts.error().message;
    return true;
}

void FileProbe::watch(host::FileWatch& files, TimePoint start, const std::vector<FileSlice>& slices) {
    for (const FileSlice& slice : slices) {
        if (!wait_until(start + slice.start)) return;
        if (const Status begun = files.begin(); !begun)
            missed_ = begun.error().message;
        else if (!watch_slice(files, start, slice))
            return;
    }
}

Status FileProbe::start_watching(TimePoint start, TimePoint end) {
    if (!folder_) return fail(ErrorKind::unsupported, "its scratch folder is out of reach from here");
    JOUST_TRY(files_, host::FileWatch::make(*folder_));
    JOUST_CHECK(files_->try_out());
    const std::vector<FileSlice> slices = plan_slices({.window = end - start,
                                                       .requests_per_s = load_.requests_per_s,
                                                       .straddling = load_.straddling,
                                                       .files_per_request = most_per_request(contract_)},
                                                      random_);
    JOUST_TRY(watcher_, start_thread([this, start, slices] { watch(*files_, start, slices); }));
    return {};
}

// Before the window, so that nothing but the slices themselves is within it.
Status FileProbe::begin(TimePoint start, TimePoint end) {
    if (contract_ == model::FileEffects{}) return {};
    if (const Status started = start_watching(start, end); !started) missed_ = started.error().message;
    return {};
}

Status FileProbe::finish(model::TrialResult& trial) {
    if (contract_ == model::FileEffects{}) {
        trial.files.emplace();
        return {};
    }
    if (watcher_.joinable()) watcher_.join();
    const std::uint64_t straddling = trial.load_model == model::LoadModel::closed
                                         ? load_.straddling
                                         : std::max(load_.straddling, trial.samples.connections.peak);
    trial.files = observed_files(contract_, seen_, straddling);
    if (seen_.empty() && !missed_.empty()) trial.files->not_evaluated = missed_;
    return {};
}

}  // namespace joust::probes
