#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <string_view>

#include "base/clock.hpp"
#include "load/exchange_id.hpp"
#include "load/session/answer_check.hpp"
#include "load/session/body.hpp"
#include "load/session/prepared_request.hpp"
#include "load/transport/transport.hpp"

namespace joust::load {

/// A request and what is kept of its answer, from when it is begun to its end. Its place is used for one
/// after the other.
struct Exchange {
    ExchangeId id = 0;
    ConnectionId session = 0;  ///< that carries it
    bool submitted = false;    ///< `sent_at` is known
    bool resent = false;       ///< it was sent again after an idle close
    std::uint8_t retries = 0;  ///< left for this request
    std::uint32_t operation = 0;
    std::uint32_t variant = 0;
    std::uint64_t loaded = std::numeric_limits<std::uint64_t>::max();  ///< operation and variant in `buffer`
    std::uint64_t sequence = 0;
    std::uint64_t headers_matched = 0;  ///< bit i: the i-th expected header came
    TimePoint due;
    TimePoint sent_at;
    TimePoint first_byte;  ///< of the answer, when it arrived; TimePoint::max() before
    const PreparedRequest* prepared = nullptr;
    const AnswerCheck* check = nullptr;
    Exchange* before = nullptr;  ///< in the list of those under way
    Exchange* after = nullptr;
    std::string_view request;
    std::unique_ptr<char[]> buffer;
    Body body;

    /// Nothing has been kept of an answer.
    void expect_answer() {
        headers_matched = 0;
        first_byte = TimePoint::max();
        body.reset();
    }
    /// The connection takes no further request after this one, because the request says so.
    [[nodiscard]] bool asks_to_close() const { return prepared->closes(variant); }
};

/// The exchanges under way, by when they were begun, as a list through themselves: no allocation, removal in
/// constant time.
class ExchangeList {
public:
    [[nodiscard]] Exchange* front() const { return front_; }
    void push_back(Exchange& exchange) {
        exchange.before = back_;
        exchange.after = nullptr;
        (back_ == nullptr ? front_ : back_->after) = &exchange;
        back_ = &exchange;
    }
    void remove(Exchange& exchange) {
        (exchange.before == nullptr ? front_ : exchange.before->after) = exchange.after;
        (exchange.after == nullptr ? back_ : exchange.after->before) = exchange.before;
    }

private:
    Exchange* front_ = nullptr;
    Exchange* back_ = nullptr;
};

}  // namespace joust::load
