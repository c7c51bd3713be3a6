#pragma once

#include "base/clock.hpp"

namespace joust {

/// CPU time of a thread, a process, a cgroup or several of them, as the kernel splits it.
struct CpuTime {
    Nanoseconds user{0};
    Nanoseconds system{0};

    [[nodiscard]] Nanoseconds total() const { return user + system; }
    friend CpuTime operator-(CpuTime a, CpuTime b) { return {a.user - b.user, a.system - b.system}; }
    friend CpuTime operator+(CpuTime a, CpuTime b) { return {a.user + b.user, a.system + b.system}; }
    friend bool operator==(const CpuTime&, const CpuTime&) = default;
};

}  // namespace joust
