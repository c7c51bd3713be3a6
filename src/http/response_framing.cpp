// What a head's fields and a chunk's line say about where the response ends (RFC 9112, 6 and 7).
#include <algorithm>

#include "http/response_parser.hpp"
#include "http/syntax.hpp"

namespace joust::http {
namespace {

constexpr const char* k_both = "both Content-Length and a Transfer-Encoding";

/// Cuts the first element off a list, without its padding (RFC 9110, 5.6.1).
std::string_view take_element(std::string_view& list) {
    const std::size_t comma = list.find(',');
    const std::string_view element = without_padding(list.substr(0, comma));
    list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
    return element;
}

constexpr int hex_value(char c) {
    if (is_digit(c)) return c - '0';
    const char lower = to_lower(c);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

}  // namespace

/// One number, or several equal ones (RFC 9110, 8.6).
bool ResponseParser::on_content_length(std::string_view value) {
    constexpr std::size_t k_most_digits = 18;  // below 2^63, no overflow possible
    if (length_ == Length::chunked || length_ == Length::to_close) return fail(k_both), false;
    do {
        const bool more = value.find(',') != std::string_view::npos;
        std::string_view number = take_element(value);
        if (number.empty() || !std::all_of(number.begin(), number.end(), is_digit) || (more && value.empty()))
            return fail("Content-Length is not a number"), false;
        number.remove_prefix(std::min(number.find_first_not_of('0'), number.size()));
        if (number.size() > k_most_digits) return fail("Content-Length overflows"), false;
        std::uint64_t length = 0;
        for (const char digit : number)
            length = length * 10 + static_cast<std::uint64_t>(digit - '0');
        if (length_ == Length::sized && length != remaining_)
            return fail("two unequal Content-Lengths"), false;
        length_ = Length::sized;
        remaining_ = length;
    } while (!value.empty());
    return true;
}

/// The last coding of all decides how the body ends (RFC 9112, 6.3). Where an HTTP/1.0 server names one, the
/// connection is not used again (6.1).
bool ResponseParser::on_transfer_encoding(std::string_view value) {
    if (length_ == Length::sized) return fail(k_both), false;
    if (http_1_0_) {
        close_named_ = true;
        keep_alive_ = false;
    }
    while (!value.empty()) {
        const std::string_view coding = take_element(value);
        if (coding.empty() || equals_ignoring_case(coding, "identity")) continue;  // nothing was applied
        const bool chunked = equals_ignoring_case(coding, "chunked");
        if (chunked && chunked_named_) return fail("chunked is named twice"), false;
        chunked_named_ = chunked_named_ || chunked;
        length_ = chunked ? Length::chunked : Length::to_close;
    }
    return true;
}

void ResponseParser::on_connection(std::string_view value) {
    if (!http_1_0_ && is_name(value, "keep-alive")) return;  // says what is so anyway
    while (!value.empty()) {
        const std::string_view option = take_element(value);
        if (equals_ignoring_case(option, "close")) close_named_ = true;
        if (equals_ignoring_case(option, "keep-alive") && http_1_0_) keep_alive_ = true;
    }
    if (close_named_) keep_alive_ = false;
}

/// The empty line: decides how the body ends (RFC 9112, 6.3).
bool ResponseParser::on_head_end() {
    if (interim_response_) {
        if (++interim_ > limits_.headers) return fail("too many interim responses"), false;
        head_bytes_ = headers_ = 0;
        close_named_ = false;
        state_ = State::status_line;
    } else if (to_head_ || status_ == 204 || status_ == 304) {
        state_ = State::done;
    } else if (length_ == Length::chunked) {
        state_ = State::chunk_size;
    } else if (length_ == Length::sized) {
        state_ = State::sized_body;
    } else {
        keep_alive_ = false;
        state_ = State::body_to_close;
    }
    return true;
}

bool ResponseParser::on_chunk_size(std::string_view line) {
    constexpr std::size_t k_most_digits = 15;  // below 2^63; zeros before them do not count
    std::size_t digits = 0;
    std::uint64_t size = 0;
    for (; digits < line.size() && hex_value(line[digits]) >= 0; ++digits) {
        if (size >> (4 * (k_most_digits - 1)) != 0) return fail("a chunk's size overflows"), false;
        size = size * 16 + static_cast<std::uint64_t>(hex_value(line[digits]));
    }
    if (digits == line_.size()) return fail("a chunk's size is longer than 255 digits"), false;
    if (digits == 0) return fail("a chunk's size is not a number"), false;
    const std::string_view rest = without_padding(line.substr(digits));
    if (!rest.empty() && rest.front() != ';') return fail("a chunk's size is not a number"), false;
    remaining_ = size;
    head_bytes_ = headers_ = 0;
    state_ = size == 0 ? State::trailer_line : State::chunk_data;
    return true;
}

}  // namespace joust::http
