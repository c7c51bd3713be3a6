#include "probes/wait_probe.hpp"

#include <algorithm>
#include <random>

namespace joust::probes {
namespace {

using namespace std::chrono_literals;

// Each look takes a server that has been doing other work some 0.4 ms, and the database of a slow service
// uses 100 ms per second in all.
constexpr int k_samples = 12;
constexpr Nanoseconds k_least_distance = 400ms;
constexpr Nanoseconds k_most_distance = 1s;
constexpr std::uint64_t k_samples_for_code = 8;  // a look at the catalog takes longer than a sample

}  // namespace

Nanoseconds sampling_distance(Nanoseconds window) {
    return std::clamp(window / k_samples, k_least_distance, k_most_distance);
}

// Work that repeats itself would show one and the same face to samples at equal distances.
void WaitProbe::sample(TimePoint start, TimePoint end) {
    const Nanoseconds mean = sampling_distance(end - start);
    std::mt19937_64 random(seed_);
    std::uniform_int_distribution<Nanoseconds::rep> distance((mean / 2).count(), (mean * 3 / 2).count());
    model::DatabaseWaits sum;
    for (TimePoint then = start + Nanoseconds{distance(random)} / 2; then < end;
         then = now() + Nanoseconds{distance(random)}) {
        if (!sampler_.wait_until(then)) return;
        if (!reader_->read(sum)) return;
        if (sum.samples % k_samples_for_code == 0) look_for_code();
    }
    look_for_code();
    waits_ = sum;
}

// A temporary table's trigger is in the catalog while its session lives, and that may end with the load.
void WaitProbe::look_for_code() {
    if (const auto code = reader_->own_code()) code_seen_.insert(code->begin(), code->end());
}

// The first look is before the window: the server plans what it is asked, and longer than it looks.
Status WaitProbe::begin(TimePoint start, TimePoint end) {
    if (reader_ == nullptr) return {};
    model::DatabaseWaits before;
    if (!reader_->read(before)) return {};
    look_for_code();
    return sampler_.start([this, start, end] { sample(start, end); });
}

Status WaitProbe::finish(model::TrialResult& trial) {
    if (!sampler_.started()) return {};
    sampler_.join();
    code_.merge(code_seen_);
    if (waits_ && waits_->samples > 0) trial.database_waits = waits_;
    return {};
}

}  // namespace joust::probes
