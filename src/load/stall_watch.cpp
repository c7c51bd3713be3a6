#include "load/stall_watch.hpp"

#include <algorithm>

namespace joust::load {

StallWatch::StallWatch(const Path& schedstat) : file_(schedstat), before_(file_.read()), read_at_(now()) {}

/// What the thread did since the last reading, before it wanted to sleep included, is taken off the delay:
/// the standstill comes out a few ms short rather than long.
void StallWatch::turn(TimePoint wanted, TimePoint now) {
    const Nanoseconds late = now - wanted;
    if (late < k_least && now - read_at_ < k_refresh) return;
    const std::optional<SchedulerAccount> accounts = file_.read();
    if (late >= k_least && accounts && before_) {
        const Nanoseconds explained =
            accounts->on_cpu - before_->on_cpu + accounts->run_delay - before_->run_delay;
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
