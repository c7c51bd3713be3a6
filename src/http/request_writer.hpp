#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace joust::http {

struct Header {
    std::string name;
    std::string value;
    friend bool operator==(const Header&, const Header&) = default;
};

/// One HTTP/1.1 request before it is bytes.
struct RequestParts {
    std::string method = "GET";
    std::string authority;  ///< value of Host; a Host in `headers` takes its place
    std::string path = "/";
    std::vector<Header> headers;
    std::string body;
};

/// Serialises: request line, Host, `headers` as given, Content-Length (unless given, and only with a body or
/// a method that announces one), body; in one chunk where the headers say that it comes chunked. Fails on
/// text that would break out of its place: space or control characters in method or path, control characters
/// in headers, a name that is no token; and on what body_framing() refuses.
Result<std::string> write_request(const RequestParts& parts);

}  // namespace joust::http
