#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"

namespace joust::test {

/// A request as the server saw it.
struct SeenRequest {
    TimePoint arrived;            ///< when its last byte was read
    std::uint64_t connection;     ///< in order of acceptance, from 0
    std::uint64_t on_connection;  ///< its number on the connection, from 0
    std::string method;
    std::string path;
    std::string head;  ///< request line and headers
    std::string body;
};

/// What the server does with one request.
struct Reply {
    enum class Then {
        keep,
        close,
        reset,
        half_close,  ///< nothing more is sent, but the connection stays
        repeat,      ///< `repeated` for ever, as fast as the client takes it
    };
    struct Piece {
        Nanoseconds after;  ///< since the request arrived
        std::string bytes;
    };
    std::vector<Piece> pieces;  ///< sent in order; none: the request is never answered
    Then then = Then::keep;     ///< done once the last piece is sent
    std::string repeated;

    /// A whole response with Content-Length after `delay`.
    static Reply ok(std::string body = "ok", Nanoseconds delay = Nanoseconds{0});
    static Reply status(int status, std::string body = "");
    /// These bytes as they are.
    static Reply raw(std::string bytes, Then then = Then::keep);
    /// `bytes` one at a time, `gap` apart.
    static Reply drip(const std::string& bytes, Nanoseconds gap);
    /// `head`, then `unit` for ever.
    static Reply endless(std::string head, const std::string& unit);
    static Reply never();
    Reply& and_then(Then what) {
        then = what;
        return *this;
    }
};

/// A request's times, by the server's own clock (monotonic, as the generator's).
struct LogEntry {
    SeenRequest request;
    std::optional<TimePoint> releasing;  ///< when the last piece was about to be given to the kernel
    std::optional<TimePoint> released;   ///< when it had been
};

/// A loopback HTTP server on one thread of its own that does exactly what a script says and keeps a log. Any
/// number of requests may be in service at once. A resource: stops with its life.
class ScriptedServer {
public:
    /// Called on the server's thread for each request, in order of arrival.
    using Script = std::function<Reply(const SeenRequest&)>;
    struct Manner {
        enum class Listen { ipv4, ipv6, unix_socket };
        Listen on = Listen::ipv4;
        std::string greeting;                     ///< sent on acceptance, before any request
        bool close_on_accept = false;             ///< after the greeting
        std::optional<Nanoseconds> idle_timeout;  ///< closes connections on which nothing came for so long
        int backlog = 4096;
        Nanoseconds accept_gap{0};  ///< accepts at most one connection in so long
    };

    explicit ScriptedServer(Script script) : ScriptedServer(std::move(script), Manner()) {}
    ScriptedServer(Script script, Manner manner);
    ~ScriptedServer();
    ScriptedServer(const ScriptedServer&) = delete;
    ScriptedServer& operator=(const ScriptedServer&) = delete;

    [[nodiscard]] std::uint16_t port() const;
    /// "http://127.0.0.1:port/", "http://[::1]:port/" or "unix:/path:/".
    [[nodiscard]] std::string url() const;
    [[nodiscard]] std::vector<LogEntry> log() const;
    [[nodiscard]] std::uint64_t accepted() const;
    /// Waits until every answer that was given to the kernel stands in the log, too, which a client may
    /// outrun; at most 5 s.
    void settle() const;
    /// Connections that are open now.
    [[nodiscard]] std::uint64_t open() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace joust::test
