#pragma once

#include <cstdint>
#include <string>

#include "base/clock.hpp"
#include "base/error.hpp"

namespace joust::service {

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
    std::string body;  ///< at most 1 MiB; the rest is read and dropped
};

/// Blocks until the whole answer is there; not for measuring. Errors: timed_out at `deadline`, io when the
/// connection fails or breaks, service when the answer is not HTTP.
Result<HttpAnswer> http_call(const HttpCall& call, TimePoint deadline);

}  // namespace joust::service
