#pragma once

#include <string_view>

#include "http/response_parser.hpp"
#include "load/session/exchange.hpp"

namespace joust::load {

/// HTTP/1.1 as one connection speaks it: one exchange at a time, whose answer it takes from the bytes that
/// come. What belongs to the exchange is kept there, so that a protocol with several at a time has only to
/// know whose bytes they are.
class Http1 {
public:
    enum class Step {
        wants_more,  ///< the bytes are used up
        whole,       ///< the answer has ended; bytes that are left do not belong to it
        wrong,       ///< this is not HTTP; error() says why
    };

    /// The next byte begins the answer to `exchange`. `known` is shared by the connections of a thread, one
    /// for each operation.
    void begin(Exchange& exchange, http::KnownHead& known);
    /// Takes bytes of the answer off the front of `input`.
    Step read(Exchange& exchange, std::string_view& input);
    /// The stream has ended. True: that was the end of the answer's body, and the answer is whole.
    bool finish() { return parser_.finish() == http::ResponseParser::Event::complete; }

    /// A byte of the answer has come.
    [[nodiscard]] bool begun() const { return parser_.begun(); }
    /// 100 … 999; 0 until the answer's status has come.
    [[nodiscard]] int status() const { return parser_.status(); }
    /// After a whole answer: the server keeps the connection for another one.
    [[nodiscard]] bool keep_alive() const { return parser_.keep_alive(); }
    [[nodiscard]] std::string_view error() const { return parser_.error(); }

private:
    void keep_header(Exchange& exchange) const;

    static constexpr std::size_t k_excerpt_bytes = 200;
    http::ResponseParser parser_;
};

// Here, for they are called once per request and from one place each.
inline void Http1::begin(Exchange& exchange, http::KnownHead& known) {
    exchange.expect_answer();
    parser_.start(exchange.prepared->is_head());
    parser_.share(&known);
    parser_.report_headers(!exchange.check->headers().empty());
}

inline Http1::Step Http1::read(Exchange& exchange, std::string_view& input) {
    using Event = http::ResponseParser::Event;
    for (;;) {
        switch (parser_.next(input)) {
            case Event::need_more:
                exchange.body.keep();
                return Step::wants_more;
            case Event::header:
                keep_header(exchange);
                break;
            case Event::body:
                exchange.body.add(parser_.body(), exchange.check->needs_body()
                                                      ? AnswerCheck::k_most_body_bytes
                                                      : k_excerpt_bytes);
                break;
            case Event::complete:
                return Step::whole;
            case Event::error:
                return Step::wrong;
        }
    }
}

}  // namespace joust::load
