#include <algorithm>
#include <cmath>

#include "http/syntax.hpp"
#include "load/shortage.hpp"
#include "load/worker.hpp"

namespace joust::load {
namespace {

using model::RequestErrorKind;
using Phase = Connection::Phase;

constexpr std::size_t k_excerpt_bytes = 200;

/// After an error a user waits, so that a server that refuses connections is not asked in a tight loop: 1 ms,
/// doubled with each further error in a row, at most 100 ms.
Nanoseconds back_off_after(std::uint8_t failures) {
    constexpr Nanoseconds k_longest = std::chrono::milliseconds(100);
    return std::min(k_longest, Nanoseconds(std::chrono::milliseconds(1)) * (1 << std::min<int>(failures, 7)));
}

}  // namespace

std::uint32_t Worker::pick_operation() {
    if (plan_.requests.size() == 1) return 0;
    auto drawn = static_cast<std::int64_t>(uniform_below(random_, static_cast<std::uint64_t>(weights_)));
    std::uint32_t operation = 0;
    while (drawn >= plan_.options.operations[operation].weight)
        drawn -= plan_.options.operations[operation++].weight;
    return operation;
}

Nanoseconds Worker::think_time() {
    const Nanoseconds mean = closed_loop_->think_time;
    if (mean == Nanoseconds{0} || !closed_loop_->exponential_think) return mean;
    return std::chrono::round<Nanoseconds>(-std::log(uniform_open(random_)) * mean);
}

void Worker::begin(ConnectionId id, TimePoint due, TimePoint ready) {
    Connection& connection = connections_[id];
    if (left_) --*left_;
    connection.due = due;
    connection.busy = true;
    connection.resent = false;
    connection.retries = static_cast<std::uint8_t>(plan_.options.retries);
    connection.submitted = false;
    connection.sequence = issued_++;
    connection.operation = pick_operation();
    const PreparedRequest& request = plan_.requests[connection.operation];
    connection.variant = static_cast<std::uint32_t>(
        request.variants() == 1
            ? 0
            : (connection.sequence * id_source_.threads + id_source_.thread) % request.variants());
    if (buffer_size_ != 0 && !connection.buffer) connection.buffer = std::make_unique<char[]>(buffer_size_);
    const std::uint64_t key = (std::uint64_t{connection.operation} << 32U) | connection.variant;
    connection.request = request.render(connection.variant, connection.buffer.get(), connection.loaded == key,
                                        id_source_, connection.sequence);
    connection.loaded = key;
    recorder_.begun(due, now_ - ready, ready > due);
    in_flight_.push_back(connections_, id);
    ++busy_;
    if (connection.phase == Phase::closed) {
        open(id);
    } else {
        submit(id);
    }
}

void Worker::submit(ConnectionId id) {
    Connection& connection = connections_[id];
    connection.phase = Phase::waiting;
    connection.headers_matched = 0;
    connection.body.reset();
    connection.parser.start(plan_.requests[connection.operation].is_head());
    connection.parser.share(&known_heads_[connection.operation]);
    connection.parser.report_headers(!plan_.checks[connection.operation].headers().empty());
    connection.sent_at = now_;
    connection.submitted = true;
    if (connection.tls && !connection.tls->write(connection.request)) {
        failed_tls(id, RequestErrorKind::protocol, now_);
        return;
    }
    transport_.send(id, connection.tls ? connection.tls->take_output() : connection.request);
}

void Worker::on_submitted(ConnectionId id, TimePoint now) {
    connections_[id].sent_at = now;
}

bool Worker::on_data(ConnectionId id, std::string_view bytes, const Arrival& arrival) {
    now_ = arrival.read;
    recorder_.received(bytes.size(), arrival.arrived);
    return connections_[id].tls ? on_tls_data(id, bytes, arrival) : on_plaintext(id, bytes, arrival);
}

/// This and the next two say what on_data() says.
bool Worker::on_plaintext(ConnectionId id, std::string_view bytes, const Arrival& arrival) {
    if (connections_[id].phase == Phase::waiting) return consume(id, bytes, arrival);
    on_ended(id, 0, now_);  // bytes that nobody asked for: the connection is of no use any more
    return false;
}

bool Worker::consume(ConnectionId id, std::string_view bytes, const Arrival& arrival) {
    using Event = http::ResponseParser::Event;
    Connection& connection = connections_[id];
    const AnswerCheck& check = plan_.checks[connection.operation];
    for (;;) {
        switch (connection.parser.next(bytes)) {
            case Event::need_more:
                connection.body.keep();
                return true;
            case Event::header:
                keep_header(connection);
                break;
            case Event::body:
                connection.body.add(connection.parser.body(),
                                    check.needs_body() ? AnswerCheck::k_most_body_bytes : k_excerpt_bytes);
                break;
            case Event::complete:
                answered(id, arrival, left_of(id, bytes.empty() && !arrival.followed));
                return false;
            case Event::error:
                failed(id, RequestErrorKind::protocol, connection.parser.error(), arrival.arrived);
                return false;
        }
    }
}

/// Of a connection whose request is still being sent nothing is left, whatever the server does with it.
Worker::Left Worker::left_of(ConnectionId id, bool silent) const {
    if (!connections_[id].parser.keep_alive() || transport_.sending(id)) return Left::nothing;
    return silent ? Left::usable : Left::ended_connection;
}

void Worker::keep_header(Connection& connection) const {
    const std::vector<http::Header>& expected = plan_.checks[connection.operation].headers();
    for (std::size_t i = 0; i < expected.size(); ++i)
        if (http::equals_ignoring_case(connection.parser.header_name(), expected[i].name) &&
            connection.parser.header_value() == expected[i].value)
            connection.headers_matched |= std::uint64_t{1} << i;
}

Ending Worker::ending(const Connection& connection, Ending::How how, TimePoint end) const {
    return {.how = how,
            .sent = connection.submitted,
            .identified = connection.submitted && plan_.requests[connection.operation].sends_id(),
            .operation = connection.operation,
            .sequence = connection.sequence,
            .due = connection.due,
            .sent_at = connection.sent_at,
            .end = std::max(end, connection.due)};
}

void Worker::answered(ConnectionId id, const Arrival& arrival, Left left) {
    Connection& connection = connections_[id];
    if (arrival.arrived - connection.due > plan_.options.timeout) {
        timed_out(id);  // it came too late, but was read before the deadline was looked at
        return;
    }
    if (is_farewell(connection, arrival)) {
        if (!repeat(id))
            failed(id, RequestErrorKind::reset, "the kept-alive connection had been ended with status 408",
                   arrival.arrived);
        return;
    }
    pace_.answered(arrival.arrived - connection.due, arrival.stamped);
    const AnswerCheck& check = plan_.checks[connection.operation];
    Ending how = ending(connection, Ending::How::succeeded, arrival.arrived);
    how.stamped = arrival.stamped;
    how.reap_delay = arrival.read - arrival.arrived;
    how.answered = true;
    how.status = connection.parser.status();
    const std::string_view request_id =
        plan_.requests[connection.operation].id_in(connection.variant, connection.request);
    const Answer answer{.status = how.status,
                        .body = connection.body.text(),
                        .id = request_id,
                        .headers_matched = connection.headers_matched,
                        .cut = connection.body.cut()};
    auto wrong = check.check(answer, json_parser_, known_answers_[connection.operation]);
    ++connection.served;
    const bool last_one =
        plan_.requests[connection.operation].closes(connection.variant) ||
        connection.served >= plan_.options.requests_per_connection.value_or(~std::uint64_t{0});
    const bool carries_more = left == Left::usable && !last_one;
    if (wrong && wrong->kind == RequestErrorKind::status_5xx && retry(id, wrong->kind, carries_more)) return;
    if (wrong) {
        how.how = Ending::How::failed;
        how.kind = wrong->kind;
        if (recorder_.wants_example(wrong->kind))
            recorder_.keep_example(wrong->kind, how.status, std::move(wrong->detail), how.end);
    } else if (!connection.completed) {
        connection.completed = true;
        recorder_.live().users_completed.add(closed_loop_ != nullptr ? 1 : 0);
    }
    connection.failures = 0;
    connection.phase = Phase::idle;
    if (!carries_more) {
        if (left == Left::ended_connection && !last_one) ++recorder_.connections().closed_idle;
        drop(id);
    }
    end(id, how);
    release(id, Nanoseconds{0});
}

void Worker::end(ConnectionId id, const Ending& ending) {
    in_flight_.remove(connections_, id);
    connections_[id].busy = false;
    --busy_;
    recorder_.ended(ending);
}

void Worker::failed(ConnectionId id, RequestErrorKind kind, std::string_view detail, TimePoint when) {
    if (retry(id, kind, false)) return;
    Connection& connection = connections_[id];
    Ending how = ending(connection, Ending::How::failed, when);
    how.kind = kind;
    how.status = connection.submitted ? connection.parser.status() : 0;
    if (recorder_.wants_example(kind)) recorder_.keep_example(kind, how.status, std::string(detail), how.end);
    drop(id);
    end(id, how);
    const Nanoseconds back_off = back_off_after(connection.failures);
    connection.failures = static_cast<std::uint8_t>(std::min(connection.failures + 1, 8));
    release(id, back_off);
}

/// A request that this host had no more of something for; the target is not charged.
void Worker::lacked(ConnectionId id, model::Shortage shortage, std::string_view detail, TimePoint when) {
    recorder_.lacked(shortage, connections_[id].due);
    failed(id, RequestErrorKind::generator, fmt::format("{}: {}", text_of(shortage).what, detail), when);
}

/// Recorded at its age when the deadline passed, whenever that is noticed.
void Worker::timed_out(ConnectionId id) {
    Connection& connection = connections_[id];
    Ending how = ending(connection, Ending::How::timed_out, connection.due + plan_.options.timeout);
    how.kind = RequestErrorKind::timeout;
    if (recorder_.wants_example(how.kind)) {
        const bool connecting = !connection.submitted || connection.phase == Phase::handshaking;
        recorder_.keep_example(how.kind, connection.submitted ? connection.parser.status() : 0,
                               connecting                  ? "while connecting"
                               : connection.parser.begun() ? "in the middle of the answer"
                                                           : "no byte of an answer came",
                               how.end);
    }
    if (connection.phase == Phase::connecting) timed_out_connecting(id);
    drop(id);
    end(id, how);
    release(id, back_off_after(0));
}

/// The server closed a kept-alive connection before a byte of an answer: while it was idle, as far as can be
/// told from here.
bool Worker::closed_idle(const Connection& connection) const {
    return connection.served > 0 && !connection.resent && !connection.parser.begun();
}

/// A request without further effect may be repeated when its kept-alive connection turns out to have been
/// closed while idle (RFC 9112, 9.3.1); a POST never is, for nobody knows what became of it.
bool Worker::send_again(ConnectionId id) {
    return closed_idle(connections_[id]) && repeat(id);
}

/// A status 408 that ends an idle connection, and came before the request was sent (RFC 9110, 15.5.9).
bool Worker::is_farewell(const Connection& connection, const Arrival& arrival) {
    constexpr int k_request_timeout = 408;
    return connection.parser.status() == k_request_timeout && !connection.parser.keep_alive() &&
           connection.served > 0 && !connection.resent && arrival.stamped &&
           arrival.arrived < connection.sent_at;
}

bool Worker::repeat(ConnectionId id) {
    Connection& connection = connections_[id];
    ++recorder_.connections().closed_idle;
    if (!plan_.requests[connection.operation].is_idempotent()) return false;
    ++recorder_.connections().resent;
    connection.resent = true;
    drop(id);
    open(id);
    return true;
}

/// If the user asked for it; on the same connection where that is possible.
bool Worker::retry(ConnectionId id, RequestErrorKind kind, bool reusable) {
    Connection& connection = connections_[id];
    const bool safe = kind == RequestErrorKind::connect || !connection.submitted ||
                      plan_.requests[connection.operation].is_idempotent();
    if (connection.retries == 0 || !safe) return false;
    --connection.retries;
    recorder_.retried();
    if (reusable) {
        submit(id);
    } else {
        drop(id);
        open(id);
    }
    return true;
}

void Worker::on_ended(ConnectionId id, int error, TimePoint now) {
    now_ = now;
    Connection& connection = connections_[id];
    if (connection.phase == Phase::idle) {
        ++recorder_.connections().closed_idle;
        drop(id);
        if (closed_loop_ == nullptr) {
            idle_.remove(connections_, id);
            closed_.push_back(id);
        }
        return;
    }
    if (const auto shortage = shortage_of(error)) return lacked(id, *shortage, errno_text(error), now);
    if (connection.phase == Phase::handshaking) {
        failed(id, RequestErrorKind::connect, "the connection ended in the TLS handshake", now);
        return;
    }
    using Event = http::ResponseParser::Event;
    if (error == 0 && connection.parser.finish() == Event::complete) {
        // Only close_notify says that all has come (RFC 9112, 9.8).
        if (connection.tls && !connection.tls->was_closed()) {
            failed(id, RequestErrorKind::reset,
                   "the connection ended without TLS's closure alert: a body without a length may be cut off",
                   now);
            return;
        }
        answered(id, {.read = now, .arrived = now}, Left::nothing);
        return;
    }
    if (send_again(id)) return;
    const std::string_view why =
        connection.parser.begun() ? "the connection ended in the middle of the answer"
        : closed_idle(connection)
            ? "the kept-alive connection ended before a byte of an answer; not sent again, for it may have "
              "had its effect"
            : "the connection ended before a byte of an answer";
    if (error == 0) {
        failed(id, RequestErrorKind::reset, why, now);
    } else {
        failed(id, RequestErrorKind::reset, fmt::format("{}: {}", why, errno_text(error)), now);
    }
}

/// The user or connection is free again.
void Worker::release(ConnectionId id, Nanoseconds back_off) {
    if (closed_loop_ == nullptr) {
        if (connections_[id].phase == Phase::idle) {
            idle_.push_back(connections_, id);
        } else {
            closed_.push_back(id);
        }
        return;
    }
    if (!may_begin(now_)) return;
    const Nanoseconds pause = think_time() + back_off;
    if (pause == Nanoseconds{0} && connections_[id].phase == Phase::idle) {
        begin(id, now_, now_);
    } else {
        users_.push(now_ + pause, id);
    }
}

}  // namespace joust::load
