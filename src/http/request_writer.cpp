#include "http/request_writer.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "http/request_framing.hpp"
#include "http/syntax.hpp"

namespace joust::http {
namespace {

// RFC 9110, 5.5: a field's value holds no control characters but tabs.
bool is_control(char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

Status check(const RequestParts& parts) {
    if (!is_token(parts.method))
        return fail(ErrorKind::bad_input, "method \"{}\" is not an HTTP method; write it like GET or POST",
                    printable(parts.method));
    if (parts.method == "CONNECT")
        return fail(ErrorKind::bad_input,
                    "method CONNECT makes a tunnel, which is no request with an answer; write another one");
    // A fragment is the client's own, no part of a request (RFC 9110, 7.1).
    const bool bad_path = parts.path.empty() || std::any_of(parts.path.begin(), parts.path.end(), [](char c) {
                              return c == ' ' || c == '#' || is_control(c);
                          });
    if (bad_path)
        return fail(ErrorKind::bad_input,
                    "path \"{}\" is empty or holds spaces, control characters or a #; escape them, as %20 or "
                    "%23",
                    printable(parts.path));
    for (const Header& header : parts.headers) {
        if (!is_token(header.name))
            return fail(ErrorKind::bad_input, "\"{}\" is not a header name", printable(header.name));
        if (std::any_of(header.value.begin(), header.value.end(),
                        [](char c) { return is_control(c) && c != '\t'; }))
            return fail(ErrorKind::bad_input, "header {} holds a line break or another control character",
                        header.name);
    }
    return {};
}

}  // namespace

Result<std::string> write_request(const RequestParts& parts) {
    JOUST_CHECK(check(parts));
    JOUST_TRY(const BodyFraming framing, body_framing(parts));
    std::string bytes = fmt::format("{} {} HTTP/1.1\r\n", parts.method, parts.path);
    const auto add = [&](std::string_view name, std::string_view value) {
        bytes += fmt::format("{}: {}\r\n", name, value);
    };
    if (!has_header(parts.headers, "host")) add("Host", parts.authority);
    for (const Header& header : parts.headers)
        add(header.name, header.value);
    if (framing == BodyFraming::length && !has_header(parts.headers, "content-length"))
        add("Content-Length", std::to_string(parts.body.size()));
    bytes += "\r\n";
    if (framing != BodyFraming::chunked) return bytes + parts.body;
    if (!parts.body.empty()) bytes += fmt::format("{:x}\r\n{}\r\n", parts.body.size(), parts.body);
    return bytes + "0\r\n\r\n";
}

}  // namespace joust::http
