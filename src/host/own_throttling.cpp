#include "host/own_throttling.hpp"

#include <charconv>
#include <string>

#include "base/file.hpp"
#include "base/text.hpp"

namespace joust::host {
namespace {

std::optional<Nanoseconds> throttled_in(const Path& group) {
    const auto text = read_file(group / "cpu.stat");
    if (!text) return std::nullopt;
    for (const std::string_view line : split(*text, '\n')) {
        const bool v2 = line.starts_with("throttled_usec ");
        if (!v2 && !line.starts_with("throttled_time ")) continue;  // v1 counts in nanoseconds
        std::int64_t count = 0;
        std::from_chars(line.data() + line.find(' ') + 1, line.data() + line.size(), count);
        return Nanoseconds(v2 ? count * 1000 : count);
    }
    return std::nullopt;
}

// Looks where the hierarchies are mounted by convention; a mount elsewhere is "not read".
std::optional<Nanoseconds> throttled_so_far() {
    const auto text = read_file("/proc/self/cgroup");
    if (!text) return std::nullopt;
    for (const std::string_view line : split(*text, '\n')) {  // "4:cpu,cpuacct:/path", v2: "0::/path"
        const auto parts = split(line, ':');
        if (parts.size() < 3) continue;
        const std::string controllers(parts[1]);
        const bool has_cpu = ("," + controllers + ",").find(",cpu,") != std::string::npos;
        if (!controllers.empty() && !has_cpu) continue;
        const Path mount = Path("/sys/fs/cgroup") / controllers;
        if (const auto time = throttled_in(mount / std::string(parts[2].substr(1)))) return time;
    }
    return std::nullopt;
}

}  // namespace

OwnThrottling::OwnThrottling() : at_start_(throttled_so_far()) {}

std::optional<Nanoseconds> OwnThrottling::since_start() const {
    const auto so_far = throttled_so_far();
    return so_far && at_start_ ? std::optional(*so_far - *at_start_) : std::nullopt;
}

}  // namespace joust::host
