#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "base/error.hpp"

namespace joust::load {

/// The number of local ports in a range as net.ipv4.ip_local_port_range has it ("32768\t60999") that are not
/// reserved, as in net.ipv4.ip_local_reserved_ports ("8080,9000-9100"). Empty where the range cannot be
/// understood.
std::optional<std::size_t> count_ports(std::string_view range, std::string_view reserved);
/// The ports that this host gives connections to one address of a target; empty where it cannot be read.
std::optional<std::size_t> local_ports();

}  // namespace joust::load
