#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "base/error.hpp"

namespace joust::load {

/// Of ranges as in net.ipv4.ip_local_port_range ("32768\t60999") and net.ipv4.ip_local_reserved_ports
/// ("8080,9000-9100"): the ports of the first that are not in the second. Empty where the first cannot be
/// understood.
std::optional<std::size_t> count_ports(std::string_view range, std::string_view reserved);
/// The ports that this host gives connections to one address of a target; empty where it cannot be read.
std::optional<std::size_t> local_ports();

}  // namespace joust::load
