#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "http/response_parser.hpp"
#include "load/body.hpp"
#include "load/tls.hpp"
#include "load/transport.hpp"

namespace joust::load {

inline constexpr ConnectionId k_no_connection = std::numeric_limits<ConnectionId>::max();

/// A place for one connection and the request that it carries. In the closed model it is also its user.
struct Connection {
    enum class Phase : std::uint8_t { closed, connecting, handshaking, idle, waiting };

    Phase phase = Phase::closed;
    bool busy = false;          ///< a request was begun and has not ended
    bool resent = false;        ///< this request was sent again after an idle close
    bool submitted = false;     ///< `sent_at` is known
    bool completed = false;     ///< this user has had a success
    std::uint8_t retries = 0;   ///< left for this request
    std::uint8_t failures = 0;  ///< in a row; sets the back-off
    std::uint32_t operation = 0;
    std::uint32_t variant = 0;
    std::uint64_t loaded = std::numeric_limits<std::uint64_t>::max();  ///< operation and variant in `buffer`
    std::uint64_t sequence = 0;
    std::uint64_t served = 0;           ///< answers on this connection
    std::uint64_t headers_matched = 0;  ///< bit i: the i-th expected header came
    std::size_t address = 0;            ///< of the attempt in this place, the last one
    std::size_t first_address = 0;      ///< with which this connect began
    std::uint16_t tried = 0;            ///< addresses, in this connect
    std::uint16_t attempts = 0;         ///< to connect, under way
    std::uint16_t waits = 0;            ///< of this connect, for a server that accepts too slowly
    bool has_attempt = false;           ///< in this place: it has a socket
    std::uint32_t connect = 0;          ///< number of this connect, which a wait for it names
    int connect_error = 0;              ///< of the attempts that failed, the one to tell
    std::size_t failed_address = 0;     ///< which that one was to
    TimePoint due;
    TimePoint sent_at;
    ConnectionId before = k_no_connection;  ///< in the one list that it is in
    ConnectionId after = k_no_connection;
    std::string_view request;
    std::unique_ptr<char[]> buffer;
    std::unique_ptr<TlsSession> tls;
    Body body;
    http::ResponseParser parser;

    [[nodiscard]] bool had_request() const { return loaded != std::numeric_limits<std::uint64_t>::max(); }
};

/// The connections of a thread: made in groups as they are first used, at addresses that do not change.
class Connections {
public:
    explicit Connections(std::size_t most) : most_(most) { groups_.reserve((most + k_group - 1) / k_group); }
    const Connection& operator[](ConnectionId id) const { return groups_[id / k_group][id % k_group]; }
    Connection& operator[](ConnectionId id) { return groups_[id / k_group][id % k_group]; }
    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] bool full() const { return size_ == most_; }
    ConnectionId add() {
        if (size_ % k_group == 0) groups_.push_back(std::make_unique<Connection[]>(k_group));
        return static_cast<ConnectionId>(size_++);
    }

private:
    static constexpr std::size_t k_group = 64;
    std::size_t most_;
    std::size_t size_ = 0;
    std::vector<std::unique_ptr<Connection[]>> groups_;
};

/// A list through the connections themselves: no allocation, removal in constant time. A connection is in at
/// most one.
class ConnectionList {
public:
    [[nodiscard]] ConnectionId front() const { return front_; }
    [[nodiscard]] ConnectionId back() const { return back_; }
    [[nodiscard]] bool empty() const { return front_ == k_no_connection; }
    void push_back(Connections& all, ConnectionId id) {
        all[id].before = back_;
        all[id].after = k_no_connection;
        (back_ == k_no_connection ? front_ : all[back_].after) = id;
        back_ = id;
    }
    void remove(Connections& all, ConnectionId id) {
        const Connection& connection = all[id];
        (connection.before == k_no_connection ? front_ : all[connection.before].after) = connection.after;
        (connection.after == k_no_connection ? back_ : all[connection.after].before) = connection.before;
    }

private:
    ConnectionId front_ = k_no_connection;
    ConnectionId back_ = k_no_connection;
};

}  // namespace joust::load
