#include "load/stall_watch.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>

namespace joust::load {

StallWatch::StallWatch() : file_(::open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC)) {
    before_ = read();
    read_at_ = now();
}

std::optional<StallWatch::Accounts> StallWatch::read() const {
    std::array<char, 128> text{};
    if (!file_ || ::pread(file_.get(), text.data(), text.size() - 1, 0) <= 0) return std::nullopt;
    unsigned long long on_cpu = 0;
    unsigned long long waiting = 0;
    if (std::sscanf(text.data(), "%llu %llu", &on_cpu, &waiting) != 2) return std::nullopt;
    return Accounts{Nanoseconds(static_cast<std::int64_t>(on_cpu)),
                    Nanoseconds(static_cast<std::int64_t>(waiting))};
}

/// What the thread did since the last reading, before it wanted to sleep included, is taken off the delay:
/// the standstill comes out a few ms short rather than long.
void StallWatch::turn(TimePoint wanted, TimePoint now) {
    const Nanoseconds late = now - wanted;
    if (late < k_least && now - read_at_ < k_refresh) return;
    const std::optional<Accounts> accounts = read();
    if (late >= k_least && accounts && before_) {
        const Nanoseconds explained =
            accounts->on_cpu - before_->on_cpu + accounts->waiting - before_->waiting;
        const Nanoseconds still = std::min(late - explained, now - counted_from_);
        if (still >= k_least) {
            sums_.total += still;
            sums_.longest = std::max(sums_.longest, still);
        }
    }
    before_ = accounts;
    read_at_ = now;
}

std::optional<StallWatch::Sums> StallWatch::sums() const {
    return before_ ? std::optional(sums_) : std::nullopt;
}

}  // namespace joust::load
