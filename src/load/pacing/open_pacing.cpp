#include "load/pacing/open_pacing.hpp"

#include <algorithm>

namespace joust::load {

OpenPacing::OpenPacing(const LoadPlan& plan, const Share& share, Allowance& allowance)
    : plan_(plan), share_(share), allowance_(allowance), free_(share.connections) {}

void OpenPacing::prepare(std::uint64_t lap) {
    arrivals_.emplace(*plan_.curve, std::get<OpenLoop>(plan_.options.schedule).arrivals, share_.thread,
                      share_.threads, plan_.options.seed + lap);
    blocked_until_ = TimePoint{};
}

bool OpenPacing::begin_next(TimePoint now, Launcher& launcher) {
    blocked_ = false;
    if (!arrivals_->current()) return false;
    const TimePoint due = start_ + *arrivals_->current();
    if (due > now || !allowance_.allows(due)) return false;
    const std::optional<ExchangeId> id = free_.take();
    if (!id && now - due < plan_.options.timeout) {
        blocked_ = true;
        blocked_until_ = now;
        return false;
    }
    allowance_.take();
    arrivals_->advance();
    if (id) {
        launcher.begin(*id, due, std::max(due, blocked_until_));
    } else {
        launcher.shed(due, due + plan_.options.timeout, true);
    }
    return true;
}

TimePoint OpenPacing::next(TimePoint /*now*/) const {
    if (!arrivals_->current()) return TimePoint::max();
    const TimePoint due = start_ + *arrivals_->current();
    if (!allowance_.allows(due)) return TimePoint::max();
    return blocked_ ? due + plan_.options.timeout : due;
}

bool OpenPacing::is_done(TimePoint now) const {
    if (arrivals_->current()) return !allowance_.allows(start_ + *arrivals_->current());
    return !allowance_.allows(now) || allowance_.by_count();
}

void OpenPacing::finish(TimePoint now, Launcher& launcher) {
    for (; arrivals_->current(); arrivals_->advance()) {
        const TimePoint due = start_ + *arrivals_->current();
        if (due > now || !allowance_.allows(due)) return;
        launcher.shed(due, now, false);
        allowance_.take();
    }
}

}  // namespace joust::load
