#include "load/local_ports.hpp"

#include <algorithm>
#include <charconv>

#include "base/file.hpp"
#include "base/text.hpp"

namespace joust::load {
namespace {

std::optional<unsigned> port(std::string_view text) {
    text = trimmed(text);
    unsigned value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || value > 65535) return std::nullopt;
    return value;
}

}  // namespace

std::optional<std::size_t> count_ports(std::string_view range, std::string_view reserved) {
    range = trimmed(range);
    const std::size_t gap = range.find_first_of(" \t");
    if (gap == std::string_view::npos) return std::nullopt;
    const auto first = port(range.substr(0, gap));
    const auto last = port(range.substr(gap));
    if (!first || !last || *last < *first) return std::nullopt;
    std::size_t count = *last - *first + 1;
    for (const std::string_view part : split(reserved, ',')) {
        const std::size_t dash = part.find('-');
        const auto from = port(part.substr(0, dash));
        const auto to = dash == std::string_view::npos ? from : port(part.substr(dash + 1));
        if (!from || !to) continue;
        const unsigned begin = std::max(*from, *first);
        const unsigned end = std::min(*to, *last);
        if (begin <= end) count -= end - begin + 1;
    }
    return count;
}

std::optional<std::size_t> local_ports() {
    // The range of IPv6 is this one, too.
    const auto range = read_file("/proc/sys/net/ipv4/ip_local_port_range");
    const auto reserved = read_file("/proc/sys/net/ipv4/ip_local_reserved_ports");
    if (!range) return std::nullopt;
    return count_ports(*range, reserved ? std::string_view(*reserved) : std::string_view());
}

}  // namespace joust::load
