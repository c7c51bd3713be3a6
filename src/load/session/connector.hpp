#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "base/clock.hpp"
#include "load/load_plan.hpp"
#include "load/places.hpp"
#include "load/transport/transport.hpp"
#include "model/samples.hpp"

namespace joust::load {

/// The number of attempts to connect that a thread has under way at most, next to those of its connections.
/// Their places in the transport follow those of the connections.
std::size_t racing_places(std::size_t addresses);

/// What is told of the end of a connect, unless it is given up.
class ConnectorEvents {
public:
    virtual void on_established(ConnectionId id) = 0;
    /// All addresses have failed; `error` is the errno that tells most, of the attempt to reach `address`.
    /// The connection is still to be given up.
    virtual void on_unreachable(ConnectionId id, int error, const Address& address) = 0;

protected:
    ~ConnectorEvents() = default;
};

/// The connects of one load thread: it chooses among the addresses of the target, lets attempts race where
/// one is silent (RFC 8305), and waits for a Unix socket that accepts too slowly.
class Connector {
public:
    /// All but `share` outlive it.
    Connector(const LoadPlan& plan, const Share& share, Transport& transport, const Moment& moment,
              ConnectorEvents& events);

    /// Begins to connect; events follow, also from within.
    void connect(ConnectionId id);
    /// Ends what is under way for this connection.
    void give_up(ConnectionId id);
    /// The request for which it connects has timed out: the next connect goes on behind the addresses that
    /// this one tried.
    void timed_out(ConnectionId id);
    /// The transport's word on the attempt in this place; `error` is 0 or an errno.
    void on_connected(ConnectionId place, int error);
    /// Goes on with the connects that have waited long enough.
    void look_after_waits();
    /// When look_after_waits() has something to do; TimePoint::max() for never.
    [[nodiscard]] TimePoint next() const { return waits_.empty() ? TimePoint::max() : waits_.front().at; }
    /// The connections that each address took since the last call.
    std::vector<model::ServedAddress> take_served();

private:
    static constexpr ConnectionId k_none = std::numeric_limits<ConnectionId>::max();
    /// The connect of one connection, the last one.
    struct Connect {
        std::uint32_t number = 0;        ///< changes with every step: a wait that names another is over
        bool has_attempt = false;        ///< in the connection's own place: there is a socket
        std::uint16_t tried = 0;         ///< addresses
        std::uint16_t attempts = 0;      ///< under way
        std::uint16_t waits = 0;         ///< for a server that accepts too slowly
        int error = 0;                   ///< of the attempts that failed, the one to tell
        std::size_t address = 0;         ///< of the attempt in this place, the last one
        std::size_t first_address = 0;   ///< with which it began
        std::size_t failed_address = 0;  ///< which `error` is of
    };
    /// What is to be done about a connect at a time, unless it has gone on.
    struct Wait {
        TimePoint at;
        ConnectionId id;
        std::uint32_t number;
        bool for_place = false;  ///< its next attempt found no place among the races
        friend bool operator>(const Wait& a, const Wait& b) { return a.at > b.at; }
    };
    /// A place of the transport for a further attempt.
    struct Race {
        ConnectionId id = k_none;  ///< whose attempt it is
        std::size_t address = 0;
    };
    /// What is known of an address.
    struct Known {
        TimePoint shunned_until;   ///< it did not answer, others are tried before
        bool answers = false;      ///< it did when it was tried last
        std::uint64_t served = 0;  ///< connections
    };

    [[nodiscard]] std::size_t pick_address();
    void shun(std::size_t address);
    void begin_attempts(ConnectionId id, ConnectionId place);
    bool attempt(ConnectionId id, ConnectionId place);
    void attempt_failed(ConnectionId id, std::size_t address, int error);
    void unreachable(ConnectionId id);
    void race(ConnectionId id);
    void end_races(ConnectionId id);
    void end_race(std::size_t race);
    bool win_race(ConnectionId id, std::size_t race);
    void answered(ConnectionId id);
    void wait_for(ConnectionId id, Nanoseconds time, bool for_place = false);
    void hurry_those_without_place();
    [[nodiscard]] bool is_race(ConnectionId place) const { return place >= connections_; }
    [[nodiscard]] ConnectionId place_of(std::size_t race) const {
        return static_cast<ConnectionId>(connections_ + race);
    }

    const std::vector<Address>& addresses_;
    const bool spread_;
    const std::size_t connections_;  ///< the places of the races follow theirs
    Transport& transport_;
    const Moment& moment_;
    ConnectorEvents& events_;
    Places<Connect> connects_;
    std::vector<Known> known_;  ///< by address
    std::size_t address_ = 0;  ///< to try first: the one that answered last, or, with spread, the one in turn
    std::vector<Race> races_;
    std::size_t racing_ = 0;     ///< of these, under way
    std::vector<Wait> waits_;    ///< a heap by time
    bool lacks_places_ = false;  ///< a wait in it may be for a place
};

}  // namespace joust::load
