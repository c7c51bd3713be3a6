#include "load/session/sessions.hpp"

namespace joust::load {

using model::RequestErrorKind;
using Phase = Session::Phase;

void Sessions::start_tls(ConnectionId id) {
    Session& session = sessions_[id];
    session.phase = Phase::handshaking;
    session.tls = std::make_unique<TlsSession>(*plan_.tls);
    if (!session.tls->is_whole()) return failed_tls(session, RequestErrorKind::connect, moment_.now);
    session.tls->handshake();  // without bytes from the server it only makes the first message
    flush_tls(id);
}

void Sessions::flush_tls(ConnectionId id) {
    const std::string_view output = sessions_[id].tls->take_output();
    if (!output.empty()) transport_.send(id, output);
}

void Sessions::failed_tls(const Session& session, RequestErrorKind kind, TimePoint when) {
    if (session.tls->lacked_memory())
        return events_.on_lacked(*session.exchange, model::Shortage::memory, "TLS", when);
    events_.on_failed(*session.exchange, kind, "TLS: " + session.tls->error(), when);
}

/// True while more is awaited before the answer is whole.
bool Sessions::on_tls_data(ConnectionId id, std::string_view bytes, const Arrival& arrival) {
    using Step = TlsSession::Step;
    Session& session = sessions_[id];
    TlsSession* const tls = session.tls.get();
    tls->put(bytes);
    if (session.phase == Phase::handshaking) {
        const Step step = tls->handshake();
        if (step == Step::failed || step == Step::closed) {
            failed_tls(session, RequestErrorKind::connect, arrival.arrived);
            return false;
        }
        if (step == Step::wants_more) {
            flush_tls(id);
            return true;
        }
        submit(session, *session.exchange);  // goes out together with the end of the handshake
    }
    bool goes_on = session.phase == Phase::carrying;
    // An answer may end the TLS session, or begin a new request on it.
    while (session.tls.get() == tls) {
        std::string_view plaintext;
        const Step step = tls->read(plaintext_.data(), plaintext_.size(), plaintext);
        Arrival decrypted = arrival;
        decrypted.followed = arrival.followed || tls->has_more();
        if (step == Step::done) {
            goes_on = on_plaintext(id, plaintext, decrypted);
        } else if (step == Step::closed) {
            on_ended(id, 0, arrival.read);
        } else if (step == Step::failed) {
            if (session.phase == Phase::carrying) {
                failed_tls(session, RequestErrorKind::protocol, arrival.arrived);
            } else {
                on_ended(id, 0, arrival.read);
            }
        } else {
            // An answer to a key update, if any. It must not overtake a request on its way, and need not go
            // out before the next one (RFC 8446, 4.6.3).
            if (!transport_.sending(id)) flush_tls(id);
            return goes_on;
        }
    }
    return false;
}

}  // namespace joust::load
