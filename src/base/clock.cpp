#include "base/clock.hpp"

#include <ctime>

namespace joust {
namespace {

std::string formatted(WallTime time, const char* format) {
    const std::time_t whole = std::chrono::system_clock::to_time_t(
        std::chrono::time_point_cast<std::chrono::system_clock::duration>(time));
    std::tm fields{};
    ::gmtime_r(&whole, &fields);
    char text[40];
    const std::size_t length = std::strftime(text, sizeof text, format, &fields);
    return {text, length};
}

}  // namespace

std::string iso_time(WallTime time) {
    return formatted(time, "%Y-%m-%dT%H:%M:%SZ");
}
std::string compact_time(WallTime time) {
    return formatted(time, "%Y%m%dT%H%M%SZ");
}

}  // namespace joust
