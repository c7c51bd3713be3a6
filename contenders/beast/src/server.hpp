#pragma once

#include <cstdint>
#include <string>

#include "service.hpp"

namespace beast_service {

inline constexpr int k_threads = 4;

/// Serves until SIGTERM or SIGINT; requests under way get up to five seconds to be answered.
void serve(Service& service, const std::string& host, std::uint16_t port, bool shared_port,
           const std::string& session);

}  // namespace beast_service
