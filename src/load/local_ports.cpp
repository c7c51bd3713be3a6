#include "load/local_ports.hpp"

#include <algorithm>
#include <charconv>

#include "base/file.hpp"
#include "base/proc.hpp"
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
    const std::optional<PortRange> ports = parse_port_range(range);
    if (!ports) return std::nullopt;
    std::size_t count = std::size_t{1} + ports->last - ports->first;
    for (const std::string_view part : split(reserved, ',')) {
        const std::size_t dash = part.find('-');
        const auto from = port(part.substr(0, dash));
        const auto to = dash == std::string_view::npos ? from : port(part.substr(dash + 1));
        if (!from || !to) continue;
        const unsigned begin = std::max<unsigned>(*from, ports->first);
        const unsigned end = std::min<unsigned>(*to, ports->last);
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
