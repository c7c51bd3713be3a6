#pragma once

#include <cstdint>
#include <string>

#include "base/clock.hpp"
#include "base/error.hpp"

namespace joust::deploy {

/// One HTTP/1.1 request to a loopback port, on a connection of its own.
struct HttpCall {
    std::uint16_t port = 0;
    std::string method = "GET";
    std::string path = "/";
    std::string content_type;  ///< empty: none is sent
    std::string body;
};
struct HttpAnswer {
    int status = 0;
    std::string body;  ///< at most k_most_body_bytes
    bool cut = false;  ///< the body was longer; the rest was read and dropped
};
inline constexpr std::size_t k_most_body_bytes = std::size_t{4} << 20U;  // as much as the load checks

/// Blocks until the whole answer is there; not for measuring. Errors: timed_out at `deadline`, io when the
/// connection fails or breaks, service when the answer is not HTTP.
Result<HttpAnswer> http_call(const HttpCall& call, TimePoint deadline);

}  // namespace joust::deploy
