#pragma once

#include <chrono>
#include <string>

namespace joust {

using Nanoseconds = std::chrono::nanoseconds;
/// Monotonic time (CLOCK_MONOTONIC), the only clock that measures.
using Clock = std::chrono::steady_clock;
using TimePoint = std::chrono::time_point<Clock, Nanoseconds>;
/// Wall time, for file names and reports only.
using WallTime = std::chrono::time_point<std::chrono::system_clock, Nanoseconds>;

inline TimePoint now() {
    return std::chrono::time_point_cast<Nanoseconds>(Clock::now());
}
inline WallTime wall_now() {
    return std::chrono::time_point_cast<Nanoseconds>(std::chrono::system_clock::now());
}

/// Seconds as a floating-point number, for rates and reports.
inline double seconds(Nanoseconds duration) {
    return std::chrono::duration<double>(duration).count();
}
/// Rounds to whole nanoseconds; `value` in seconds.
inline Nanoseconds from_seconds(double value) {
    return std::chrono::round<Nanoseconds>(std::chrono::duration<double>(value));
}

/// UTC, ISO 8601 with seconds: "2026-03-01T12:30:45Z".
std::string iso_time(WallTime time);
/// UTC, fit for a file name and sorted by time: "20260301T123045Z".
std::string compact_time(WallTime time);

}  // namespace joust
