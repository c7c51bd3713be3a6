#include "http/request_framing.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>

#include "base/text.hpp"
#include "http/syntax.hpp"

namespace joust::http {
namespace {

/// Value of the first header of that name; empty where there is none.
std::string_view value_of(const std::vector<Header>& headers, std::string_view lower_name) {
    for (const Header& header : headers)
        if (equals_ignoring_case(header.name, lower_name)) return without_padding(header.value);
    return {};
}

bool holds_option(const std::vector<Header>& headers, std::string_view lower_option) {
    for (const Header& header : headers) {
        if (!equals_ignoring_case(header.name, "connection")) continue;
        for (const std::string_view option : split(header.value, ','))
            if (equals_ignoring_case(without_padding(option), lower_option)) return true;
    }
    return false;
}

Status check_single(const std::vector<Header>& headers) {
    for (const std::string_view name : {"host", "content-length", "content-type", "transfer-encoding"}) {
        const auto count = std::count_if(headers.begin(), headers.end(), [&](const Header& header) {
            return equals_ignoring_case(header.name, name);
        });
        if (count > 1)
            return fail(ErrorKind::bad_input, "the header {} stands {} times; write it once", name, count);
    }
    return {};
}

struct Refused {
    std::string_view name;
    std::string_view why;
};

// What asks for more than one request and its answer. An empty value asks for nothing.
constexpr std::array<Refused, 3> k_refused{
    {{"expect", "a request is sent whole, without waiting for 100 Continue"},
     {"trailer", "no trailers are sent"},
     {"upgrade", "only HTTP/1.1 is spoken"}}};

Status check_refused(const std::vector<Header>& headers) {
    for (const auto& [name, why] : k_refused)
        if (const std::string_view value = value_of(headers, name); !value.empty())
            return fail(ErrorKind::bad_input, "the header {}: {} cannot be kept: {}; leave it out", name,
                        printable(value), why);
    if (holds_option(headers, "upgrade"))
        return fail(ErrorKind::bad_input,
                    "the header connection: upgrade cannot be kept: only HTTP/1.1 is spoken; leave it out");
    return {};
}

Status check_length(std::string_view value, std::size_t body) {
    std::size_t length = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), length);
    if (error == std::errc{} && end == value.data() + value.size() && length == body) return {};
    return fail(ErrorKind::bad_input,
                "the header content-length: {} is wrong, the body has {} bytes; leave it out, it is added",
                printable(value), body);
}

}  // namespace

bool has_header(const std::vector<Header>& headers, std::string_view lower_name) {
    return std::any_of(headers.begin(), headers.end(),
                       [&](const Header& header) { return equals_ignoring_case(header.name, lower_name); });
}

bool asks_to_close(const std::vector<Header>& headers) {
    return holds_option(headers, "close");
}

Result<BodyFraming> body_framing(const RequestParts& parts) {
    JOUST_CHECK(check_single(parts.headers));
    JOUST_CHECK(check_refused(parts.headers));
    const bool length = has_header(parts.headers, "content-length");
    if (has_header(parts.headers, "transfer-encoding")) {
        const std::string_view coding = value_of(parts.headers, "transfer-encoding");
        if (!equals_ignoring_case(coding, "chunked"))
            return fail(
                ErrorKind::bad_input,
                "the header transfer-encoding: {} cannot be kept: of the codings only chunked is known",
                printable(coding));
        if (length)
            return fail(
                ErrorKind::bad_input,
                "the headers transfer-encoding and content-length contradict each other; leave out one");
        return BodyFraming::chunked;
    }
    if (length) JOUST_CHECK(check_length(value_of(parts.headers, "content-length"), parts.body.size()));
    // RFC 9110, 8.6: methods that anticipate content send a length even when it is 0.
    const bool announces = parts.method == "POST" || parts.method == "PUT" || parts.method == "PATCH";
    return length || announces || !parts.body.empty() ? BodyFraming::length : BodyFraming::none;
}

}  // namespace joust::http
