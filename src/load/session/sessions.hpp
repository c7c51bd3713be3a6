#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "load/places.hpp"
#include "load/recorder.hpp"
#include "load/session/connector.hpp"
#include "load/session/exchange.hpp"
#include "load/session/http1.hpp"
#include "load/session/tls.hpp"

namespace joust::load {

/// What a session tells of a whole answer.
struct AnswerEnd {
    int status = 0;             ///< 100 … 999
    bool keep_alive = false;    ///< the server keeps the connection, as far as the answer says
    bool carries_more = false;  ///< the session can carry another exchange
    bool first = false;         ///< of its session
    bool closed = false;  ///< the server kept the connection, but has ended it already, or said too much
};

/// What becomes of the exchanges that sessions carry. All of it ends an exchange's stay on its session, if it
/// does not say otherwise: who is told has to release it, drop it, or have it carried again.
class SessionEvents {
public:
    /// The answer is whole. It may be wrong, or too late.
    virtual void on_answered(Exchange& exchange, const AnswerEnd& answer, const Arrival& arrival) = 0;
    /// There will be no answer; `detail` is a sentence's part.
    virtual void on_failed(Exchange& exchange, model::RequestErrorKind kind, std::string_view detail,
                           TimePoint when) = 0;
    /// A request failed since this host had no more of something.
    virtual void on_lacked(Exchange& exchange, model::Shortage shortage, std::string_view detail,
                           TimePoint when) = 0;
    /// A kept-alive session was closed before a byte of the answer came: while it was idle, as far as can be
    /// told. True: the exchange has been carried again. False: it fails.
    virtual bool on_closed_before(Exchange& exchange) = 0;
    /// The server closed a session that carried nothing.
    virtual void on_closed_idle(ConnectionId id) = 0;

protected:
    ~SessionEvents() = default;
};

/// One connection to the target, with TLS where the target has it, and the exchange that it carries.
struct Session {
    enum class Phase : std::uint8_t { closed, connecting, handshaking, idle, carrying };

    Phase phase = Phase::closed;
    std::uint64_t served = 0;      ///< answers on this connection
    Exchange* exchange = nullptr;  ///< carried, or what it connects for
    std::unique_ptr<TlsSession> tls;
    Http1 http;
};

/// The sessions of one load thread: they take exchanges to the target and back. A session is opened when it
/// first carries one.
class Sessions final : public TransportEvents, private ConnectorEvents {
public:
    /// All but `share` outlive it.
    Sessions(const LoadPlan& plan, const Share& share, Transport& transport, Recorder& recorder,
             Moment& moment, SessionEvents& events);

    /// Sends the request on the exchange's session, which carries nothing else; connects before, if it must.
    void carry(Exchange& exchange);
    /// Sends it once more, on a new connection.
    void carry_anew(Exchange& exchange);
    /// Ends the exchange's stay on its session after the answer: the session is idle then (true), or closed
    /// if it carries no more (false).
    bool release(const Exchange& exchange, const AnswerEnd& answer) {
        sessions_[exchange.session].phase = Session::Phase::idle;
        if (!answer.carries_more) close_after(exchange, answer);
        return answer.carries_more;
    }
    /// Closes the exchange's connection, whatever comes of it.
    void drop(const Exchange& exchange) { close(exchange.session); }
    /// Closes the exchange's connection because the exchange has timed out.
    void time_out(const Exchange& exchange);
    void close_all();

    /// The connection for the exchange is still being made.
    [[nodiscard]] bool is_connecting(const Exchange& exchange) const;
    /// What has come of the answer.
    [[nodiscard]] const Http1& answer(const Exchange& exchange) const {
        return sessions_[exchange.session].http;
    }
    Connector& connector() { return connector_; }
    [[nodiscard]] const Connector& connector() const { return connector_; }

private:
    void open(ConnectionId id);
    void close(ConnectionId id);
    void close_after(const Exchange& exchange, const AnswerEnd& answer);
    void submit(Session& session, Exchange& exchange);
    bool on_plaintext(ConnectionId id, std::string_view bytes, const Arrival& arrival);
    /// What an answer has left of its connection; `ended`: the server kept it alive, but has ended it
    /// already, or said more than it was asked.
    enum class Left : std::uint8_t { usable, ended, nothing };
    [[nodiscard]] Left left_of(ConnectionId id, bool silent) const {
        // Of a connection whose request is still being sent nothing is left, whatever the server does with
        // it.
        if (!sessions_[id].http.keep_alive() || transport_.sending(id)) return Left::nothing;
        return silent ? Left::usable : Left::ended;
    }
    inline void answered(Session& session, const Arrival& arrival, Left left);
    void ended_early(const Session& session, int error, TimePoint now);

    // sessions_tls.cpp
    void start_tls(ConnectionId id);
    bool on_tls_data(ConnectionId id, std::string_view bytes, const Arrival& arrival);
    void flush_tls(ConnectionId id);
    void failed_tls(const Session& session, model::RequestErrorKind kind, TimePoint when);

    void on_established(ConnectionId id) override;
    void on_unreachable(ConnectionId id, int error, const Address& address) override;
    void on_connected(ConnectionId place, int error, TimePoint now) override;
    bool on_data(ConnectionId id, std::string_view bytes, const Arrival& arrival) override;
    void on_ended(ConnectionId id, int error, TimePoint now) override;
    void on_submitted(ConnectionId id, TimePoint now) override;

    const LoadPlan& plan_;
    Transport& transport_;
    Recorder& recorder_;
    Moment& moment_;
    SessionEvents& events_;
    const std::uint64_t most_served_;  ///< by one connection
    Connector connector_;
    Places<Session> sessions_;
    std::vector<http::KnownHead> known_heads_;  ///< one per operation
    std::vector<char> plaintext_;               ///< TLS: one record's worth, for all connections
    std::size_t open_ = 0;
};

}  // namespace joust::load
