#pragma once

#include <cstdint>
#include <optional>

#include "base/clock.hpp"

namespace joust::load {

/// The requests that a thread may still begin: until the window ends and, when the load stops by count, as
/// many as are left.
class Allowance {
public:
    /// `requests` may begin in all; empty when the load does not stop by count.
    explicit Allowance(std::optional<std::uint64_t> requests) : requests_(requests), left_(requests) {}
    /// A lap begins: all requests are left, and the end is not known.
    void renew() {
        left_ = requests_;
        until_ = TimePoint::max();
    }
    /// No request that is due then or later may begin.
    void end_at(TimePoint time) { until_ = time; }
    [[nodiscard]] bool allows(TimePoint due) const { return due < until_ && (!left_ || *left_ > 0); }
    void take() {
        if (left_) --*left_;
    }
    [[nodiscard]] bool by_count() const { return requests_.has_value(); }

private:
    std::optional<std::uint64_t> requests_;
    std::optional<std::uint64_t> left_;
    TimePoint until_ = TimePoint::max();
};

}  // namespace joust::load
