#include "host/own_throttling.hpp"

#include <string>

#include "base/file.hpp"
#include "base/kernel_text.hpp"
#include "base/text.hpp"

namespace joust::host {
namespace {

std::optional<Nanoseconds> throttled_in(const Path& group) {
    const auto text = read_file(group / "cpu.stat");
    if (!text) return std::nullopt;
    const NumberTable table = number_table(*text);
    if (const auto microseconds = in(table, "throttled_usec"))
        return std::chrono::microseconds(*microseconds);
    const auto nanoseconds = in(table, "throttled_time");  // of version 1
    return nanoseconds ? std::optional(Nanoseconds(*nanoseconds)) : std::nullopt;
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
