#include "load/worker.hpp"

namespace joust::load {

using model::RequestErrorKind;
using Phase = Connection::Phase;

void Worker::start_tls(ConnectionId id) {
    Connection& connection = connections_[id];
    connection.phase = Phase::handshaking;
    connection.tls = std::make_unique<TlsSession>(*plan_.tls);
    if (!connection.tls->is_whole()) return failed_tls(id, RequestErrorKind::connect, now_);
    connection.tls->handshake();  // without bytes from the server it only makes the first message
    flush_tls(id);
}

void Worker::flush_tls(ConnectionId id) {
    const std::string_view output = connections_[id].tls->take_output();
    if (!output.empty()) transport_.send(id, output);
}

void Worker::failed_tls(ConnectionId id, RequestErrorKind kind, TimePoint when) {
    const TlsSession& session = *connections_[id].tls;
    if (session.lacked_memory()) return lacked(id, model::Shortage::memory, "TLS", when);
    failed(id, kind, "TLS: " + session.error(), when);
}

bool Worker::on_tls_data(ConnectionId id, std::string_view bytes, const Arrival& arrival) {
    using Step = TlsSession::Step;
    Connection& connection = connections_[id];
    TlsSession* const session = connection.tls.get();
    session->put(bytes);
    if (connection.phase == Phase::handshaking) {
        const Step step = session->handshake();
        if (step == Step::failed || step == Step::closed) {
            failed_tls(id, RequestErrorKind::connect, arrival.arrived);
            return false;
        }
        if (step == Step::wants_more) {
            flush_tls(id);
            return true;
        }
        submit(id);  // goes out together with the end of the handshake
    }
    bool goes_on = connection.phase == Phase::waiting;
    // An answer may end the session, or begin a new request on it.
    while (connection.tls.get() == session) {
        std::string_view plaintext;
        const Step step = session->read(plaintext_.data(), plaintext_.size(), plaintext);
        Arrival decrypted = arrival;
        decrypted.followed = arrival.followed || session->has_more();
        if (step == Step::done) {
            goes_on = on_plaintext(id, plaintext, decrypted);
        } else if (step == Step::closed) {
            on_ended(id, 0, arrival.read);
        } else if (step == Step::failed) {
            if (connection.phase == Phase::waiting) {
                failed_tls(id, RequestErrorKind::protocol, arrival.arrived);
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
