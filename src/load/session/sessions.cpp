#include "load/session/sessions.hpp"

#include <algorithm>
#include <utility>

#include "load/shortage.hpp"

namespace joust::load {

using model::RequestErrorKind;
using Phase = Session::Phase;

Sessions::Sessions(const LoadPlan& plan, const Share& share, Transport& transport, Recorder& recorder,
                   Moment& moment, SessionEvents& events)
    : plan_(plan),
      transport_(transport),
      recorder_(recorder),
      moment_(moment),
      events_(events),
      most_served_(plan.options.requests_per_connection.value_or(~std::uint64_t{0})),
      connector_(plan, share, transport, moment, *this),
      sessions_(share.connections),
      known_heads_(plan.requests.size()) {
    constexpr std::size_t k_record_bytes = 16 * 1024;  // the largest that TLS allows
    if (plan.tls) plaintext_.resize(k_record_bytes);
}

void Sessions::submit(Session& session, Exchange& exchange) {
    session.phase = Phase::carrying;
    session.http.begin(exchange, known_heads_[exchange.operation]);
    exchange.sent_at = moment_.now;
    exchange.submitted = true;
    if (session.tls && !session.tls->write(exchange.request))
        return failed_tls(session, RequestErrorKind::protocol, moment_.now);
    transport_.send(exchange.session, session.tls ? session.tls->take_output() : exchange.request);
}

void Sessions::carry(Exchange& exchange) {
    Session& session = sessions_.at(exchange.session);
    session.exchange = &exchange;
    if (session.phase == Phase::closed) {
        open(exchange.session);
    } else {
        submit(session, exchange);
    }
}

void Sessions::carry_anew(Exchange& exchange) {
    close(exchange.session);
    carry(exchange);
}

void Sessions::open(ConnectionId id) {
    Session& session = sessions_[id];
    session.phase = Phase::connecting;
    session.served = 0;
    ++open_;
    recorder_.connections().peak = std::max<std::uint64_t>(recorder_.connections().peak, open_);
    recorder_.live().connections.add(1);
    connector_.connect(id);
}

void Sessions::on_connected(ConnectionId place, int error, TimePoint now) {
    moment_.now = now;
    connector_.on_connected(place, error);
}

void Sessions::on_established(ConnectionId id) {
    ++recorder_.connections().established;
    if (plan_.tls) {
        start_tls(id);
    } else {
        submit(sessions_[id], *sessions_[id].exchange);
    }
}

void Sessions::on_unreachable(ConnectionId id, int error, const Address& address) {
    Exchange& exchange = *sessions_[id].exchange;
    if (const auto shortage = shortage_of(error, address))
        return events_.on_lacked(exchange, *shortage, errno_text(error), moment_.now);
    events_.on_failed(exchange, RequestErrorKind::connect, errno_text(error), moment_.now);
}

void Sessions::on_submitted(ConnectionId id, TimePoint now) {
    sessions_[id].exchange->sent_at = now;
}

bool Sessions::on_data(ConnectionId id, std::string_view bytes, const Arrival& arrival) {
    moment_.now = arrival.read;
    recorder_.received(bytes.size(), arrival.arrived);
    return sessions_[id].tls ? on_tls_data(id, bytes, arrival) : on_plaintext(id, bytes, arrival);
}

void Sessions::answered(Session& session, const Arrival& arrival, Left left) {
    const bool first = session.served++ == 0;
    const bool last_one = session.exchange->asks_to_close() || session.served >= most_served_;
    events_.on_answered(*session.exchange,
                        {.status = session.http.status(),
                         .keep_alive = session.http.keep_alive(),
                         .carries_more = left == Left::usable && !last_one,
                         .first = first,
                         .closed = left == Left::ended && !last_one},
                        arrival);
}

/// True while more is awaited before the answer is whole.
bool Sessions::on_plaintext(ConnectionId id, std::string_view bytes, const Arrival& arrival) {
    Session& session = sessions_[id];
    if (session.phase != Phase::carrying) {
        on_ended(id, 0, moment_.now);  // nobody asked for these bytes: the connection is of no use any more
        return false;
    }
    session.exchange->first_byte = std::min(session.exchange->first_byte, arrival.arrived);
    switch (session.http.read(*session.exchange, bytes)) {
        case Http1::Step::wants_more:
            return true;
        case Http1::Step::whole:
            answered(session, arrival, left_of(id, bytes.empty() && !arrival.followed));
            return false;
        case Http1::Step::wrong:
            events_.on_failed(*session.exchange, RequestErrorKind::protocol, session.http.error(),
                              arrival.arrived);
            return false;
    }
    return false;
}

void Sessions::close_after(const Exchange& exchange, const AnswerEnd& answer) {
    if (answer.closed) ++recorder_.connections().closed_idle;
    close(exchange.session);
}

bool Sessions::is_connecting(const Exchange& exchange) const {
    return !exchange.submitted || sessions_[exchange.session].phase == Phase::handshaking;
}

void Sessions::time_out(const Exchange& exchange) {
    if (sessions_[exchange.session].phase == Phase::connecting) connector_.timed_out(exchange.session);
    close(exchange.session);
}

void Sessions::close_all() {
    for (std::size_t id = 0; id < sessions_.size(); ++id)
        close(static_cast<ConnectionId>(id));
}

/// The session's place stays.
void Sessions::close(ConnectionId id) {
    Session& session = sessions_[id];
    if (session.phase == Phase::closed) return;
    if (session.phase == Phase::connecting) {
        connector_.give_up(id);
    } else {
        transport_.close(id);
    }
    session.phase = Phase::closed;
    session.tls.reset();
    --open_;
    recorder_.live().connections.subtract(1);
}

void Sessions::on_ended(ConnectionId id, int error, TimePoint now) {
    moment_.now = now;
    Session& session = sessions_[id];
    if (session.phase == Phase::idle) {
        ++recorder_.connections().closed_idle;
        close(id);
        events_.on_closed_idle(id);
        return;
    }
    Exchange& exchange = *session.exchange;
    if (const auto shortage = shortage_of(error))
        return events_.on_lacked(exchange, *shortage, errno_text(error), now);
    if (session.phase == Phase::handshaking)
        return events_.on_failed(exchange, RequestErrorKind::connect,
                                 "the connection ended in the TLS handshake", now);
    if (error != 0 || !session.http.finish()) return ended_early(session, error, now);
    // Only close_notify says that all has come (RFC 9112, 9.8).
    if (session.tls && !session.tls->was_closed())
        return events_.on_failed(
            exchange, RequestErrorKind::reset,
            "the connection ended without TLS's closure alert: a body without a length may be cut off", now);
    answered(session, {.read = now, .arrived = now}, Left::nothing);
}

/// The connection ended before the answer was whole.
void Sessions::ended_early(const Session& session, int error, TimePoint now) {
    Exchange& exchange = *session.exchange;
    const bool closed_idle = session.served > 0 && !exchange.resent && !session.http.begun();
    if (closed_idle && events_.on_closed_before(exchange)) return;
    const std::string_view why =
        session.http.begun() ? "the connection ended in the middle of the answer"
        : closed_idle ? "the kept-alive connection ended before a byte of an answer; not sent again, for it "
                        "may have had its effect"
                      : "the connection ended before a byte of an answer";
    if (error == 0) return events_.on_failed(exchange, RequestErrorKind::reset, why, now);
    events_.on_failed(exchange, RequestErrorKind::reset, fmt::format("{}: {}", why, errno_text(error)), now);
}

}  // namespace joust::load
