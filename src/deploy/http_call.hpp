#pragma once

#include <cstdint>
#include <string>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/fd.hpp"

namespace joust::deploy {

/// One HTTP/1.1 request to a loopback port.
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

/// Blocks until the whole answer is there, on a connection of its own that it asks to close; not for
/// measuring. Errors: timed_out at `deadline`, io when the connection fails or breaks, service when the
/// answer is not HTTP.
Result<HttpAnswer> http_call(const HttpCall& call, TimePoint deadline);

/// A connection that is kept as a user's of the load is: a request on it has the same bytes. It is opened
/// with the first one, and anew with the next one behind an answer that closed it. No request is sent twice.
class KeptConnection {
public:
    /// Answers and errors are those of http_call(); calls of one connection go to one port.
    Result<HttpAnswer> call(const HttpCall& call, TimePoint deadline);

private:
    Fd socket_;
};

}  // namespace joust::deploy
