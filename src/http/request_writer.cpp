#include "http/request_writer.hpp"

#include <algorithm>

#include "http/syntax.hpp"

namespace joust::http {
namespace {

bool same_name(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](char x, char y) { return to_lower(x) == to_lower(y); });
}

bool has(const std::vector<Header>& headers, std::string_view name) {
    return std::any_of(headers.begin(), headers.end(),
                       [&](const Header& header) { return same_name(header.name, name); });
}

Status check(const RequestParts& parts) {
    if (!is_token(parts.method))
        return fail(ErrorKind::bad_input, "method \"{}\" is not an HTTP method; write it like GET or POST",
                    parts.method);
    const bool bad_path = parts.path.empty() || std::any_of(parts.path.begin(), parts.path.end(), [](char c) {
                              return c == ' ' || c == '\r' || c == '\n' || c == '\t' || c == '\0';
                          });
    if (bad_path)
        return fail(ErrorKind::bad_input,
                    "path \"{}\" is empty or holds spaces or line breaks; escape them as %20", parts.path);
    for (const Header& header : parts.headers) {
        if (!is_token(header.name))
            return fail(ErrorKind::bad_input, "\"{}\" is not a header name", header.name);
        if (header.value.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos)
            return fail(ErrorKind::bad_input, "header {} holds a line break or NUL", header.name);
    }
    return {};
}

}  // namespace

Result<std::string> write_request(const RequestParts& parts) {
    JOUST_CHECK(check(parts));
    std::string bytes = fmt::format("{} {} HTTP/1.1\r\n", parts.method, parts.path);
    const auto add = [&](std::string_view name, std::string_view value) {
        bytes += fmt::format("{}: {}\r\n", name, value);
    };
    if (!has(parts.headers, "host")) add("Host", parts.authority);
    for (const Header& header : parts.headers)
        add(header.name, header.value);
    // RFC 9110, 8.6: methods that anticipate content send a length even when it is 0.
    const bool announces = parts.method == "POST" || parts.method == "PUT" || parts.method == "PATCH";
    if ((announces || !parts.body.empty()) && !has(parts.headers, "content-length") &&
        !has(parts.headers, "transfer-encoding"))
        add("Content-Length", std::to_string(parts.body.size()));
    bytes += "\r\n";
    bytes += parts.body;
    return bytes;
}

}  // namespace joust::http
