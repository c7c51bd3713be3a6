#pragma once

#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "http/response_parser.hpp"

namespace joust::http {

using Event = ResponseParser::Event;

/// All that a caller can see of one response.
struct Parsed {
    int status = 0;
    std::string body;
    std::vector<std::string> headers;
    bool complete = false;
    bool keep_alive = false;
    std::string error;
    std::string rest;
    friend bool operator==(const Parsed&, const Parsed&) = default;
};

inline std::ostream& operator<<(std::ostream& out, const Parsed& parsed) {
    return out << parsed.status << " complete " << parsed.complete << " keep " << parsed.keep_alive
               << " body \"" << parsed.body << "\" error \"" << parsed.error << "\" rest \"" << parsed.rest
               << '"';
}

/// Parses the pieces, then the end of the connection if the response did not end by itself.
/// With `known`, headers are not reported.
inline Parsed parse(const std::vector<std::string>& pieces, bool to_head = false, ParserLimits limits = {},
                    KnownHead* known = nullptr) {
    ResponseParser parser(limits);
    parser.report_headers(known == nullptr);
    parser.share(known);
    parser.start(to_head);
    Parsed parsed;
    bool ended = false;
    for (const std::string& piece : pieces) {
        std::string_view input = piece;
        while (!ended) {
            const Event event = parser.next(input);
            if (event == Event::need_more) break;
            if (event == Event::body) parsed.body += parser.body();
            if (event == Event::header)
                parsed.headers.push_back(std::string(parser.header_name()) + "=" +
                                         std::string(parser.header_value()));
            ended = event == Event::complete || event == Event::error;
        }
        if (ended && parser.error().empty()) parsed.rest += input;
    }
    std::string_view nothing;
    const Event last = ended ? parser.next(nothing) : parser.finish();
    parsed.complete = last == Event::complete;
    parsed.status = parser.status();
    parsed.keep_alive = parser.keep_alive();
    parsed.error = parser.error();
    return parsed;
}

}  // namespace joust::http
