#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "load/answer_check.hpp"
#include "load/connection.hpp"
#include "load/options.hpp"
#include "load/prepared_request.hpp"
#include "load/recorder.hpp"
#include "load/stall_watch.hpp"
#include "load/transport.hpp"
#include "load/users.hpp"

namespace joust::load {

/// What is to be done about a connection that is not there yet, at a time.
struct ConnectWait {
    TimePoint at;
    ConnectionId id;
    std::uint32_t connect;   ///< of which connect; of an earlier one it means nothing
    bool for_place = false;  ///< its next attempt found no place among the races
    friend bool operator>(const ConnectWait& a, const ConnectWait& b) { return a.at > b.at; }
};

/// What all threads share; fixed before they start.
struct LoadPlan {
    Options options;
    std::vector<Address> addresses;
    std::vector<PreparedRequest> requests;       ///< one per operation
    std::vector<AnswerCheck> checks;             ///< one per operation
    std::optional<RateCurve> curve;              ///< open model
    std::optional<Nanoseconds> schedule_length;  ///< open model that stops by count
    std::optional<TlsContext> tls;
    std::uint64_t run = 0;  ///< tells the ids of this run apart
};

/// What the caller tells the threads while they run.
struct Control {
    std::atomic<std::int64_t> window_start_ns{TimePoint::max().time_since_epoch().count()};
    std::atomic<std::int64_t> window_end_ns{TimePoint::max().time_since_epoch().count()};
    std::atomic<bool> stop{false};
    /// Laps that may begin, the last one at `lap_start_ns`; k_no_more_laps: the threads end.
    std::atomic<std::uint64_t> laps{1};
    std::atomic<std::int64_t> lap_start_ns{0};
    static constexpr std::uint64_t k_no_more_laps = ~std::uint64_t{0};
};

/// So many attempts to connect a thread has under way at most, next to those of its connections: places of
/// the transport that follow theirs.
std::size_t racing_places(std::size_t addresses);

/// One thread's share.
struct Share {
    int thread = 0;
    int threads = 1;
    std::size_t connections = 0;            ///< users, or the most connections of the open model
    std::optional<std::uint64_t> requests;  ///< to send in all, when the load stops by count
};

/// One load thread's work, alone with its connections: nothing here is shared but the plan (read only),
/// Control and the live counters.
class Worker final : private TransportEvents {
public:
    Worker(const LoadPlan& plan, const Control& control, const Share& share, Transport& transport,
           LiveCounters& live);
    /// One lap: loads from `start` to the end of the window and of the drain. Connections stay open.
    ThreadResult run(TimePoint start);
    /// After `laps` laps: looks after the idle connections until there is one more, and returns when it
    /// starts. Without another one, closes the connections and returns nothing.
    std::optional<TimePoint> rest(std::uint64_t laps);

private:
    // worker.cpp: the loop
    void prepare_lap(std::uint64_t lap);
    void make_users(TimePoint start);
    void look_at_control();
    void dispatch();
    void dispatch_users();
    void dispatch_arrivals();
    [[nodiscard]] bool may_begin(TimePoint due) const;
    [[nodiscard]] bool is_over() const;
    [[nodiscard]] TimePoint next_wake() const;
    void expire();
    void end_unfinished();
    [[nodiscard]] std::uint64_t connections_asked() const;

    // worker_connect.cpp: a connection from its first attempt to its end
    void open(ConnectionId id);
    void drop(ConnectionId id);
    void look_after_connects();
    [[nodiscard]] std::size_t pick_address();
    void shun(std::size_t address);
    void begin_attempts(ConnectionId id, ConnectionId place);
    bool attempt(ConnectionId id, ConnectionId place);
    void attempt_failed(ConnectionId id, std::size_t address, int error);
    void race(ConnectionId id);
    void end_races(ConnectionId id);
    void end_race(std::size_t race);
    void connected(ConnectionId id, ConnectionId place);
    void hurry_those_without_place();
    void timed_out_connecting(ConnectionId id);
    void wait_for(ConnectionId id, Nanoseconds time, bool for_place = false);
    void could_not_connect(ConnectionId id);

    // worker_requests.cpp: a request from its beginning to its end
    /// `ready`: when the request could have been begun: when it was due, or a connection for it became free.
    void begin(ConnectionId id, TimePoint due, TimePoint ready);
    void submit(ConnectionId id);
    void start_tls(ConnectionId id);
    bool on_tls_data(ConnectionId id, std::string_view bytes, const Arrival& arrival);
    bool on_plaintext(ConnectionId id, std::string_view bytes, const Arrival& arrival);
    void flush_tls(ConnectionId id);
    bool consume(ConnectionId id, std::string_view bytes, const Arrival& arrival);
    void keep_header(Connection& connection) const;
    /// What an answer has left of its connection; `ended_connection`: the server kept it alive, but has ended
    /// it already, or said more than it was asked.
    enum class Left : std::uint8_t { usable, ended_connection, nothing };
    [[nodiscard]] Left left_of(ConnectionId id, bool silent) const;
    void answered(ConnectionId id, const Arrival& arrival, Left left);
    void failed(ConnectionId id, model::RequestErrorKind kind, std::string_view detail, TimePoint end);
    void lacked(ConnectionId id, model::Shortage shortage, std::string_view detail, TimePoint end);
    void timed_out(ConnectionId id);
    [[nodiscard]] bool closed_idle(const Connection& connection) const;
    bool send_again(ConnectionId id);
    bool repeat(ConnectionId id);
    [[nodiscard]] static bool is_farewell(const Connection& connection, const Arrival& arrival);
    void failed_tls(ConnectionId id, model::RequestErrorKind kind, TimePoint end);
    bool retry(ConnectionId id, model::RequestErrorKind kind, bool reusable);
    [[nodiscard]] Ending ending(const Connection& connection, Ending::How how, TimePoint end) const;
    void end(ConnectionId id, const Ending& ending);
    void release(ConnectionId id, Nanoseconds back_off);
    [[nodiscard]] std::uint32_t pick_operation();
    [[nodiscard]] Nanoseconds think_time();

    void on_connected(ConnectionId id, int error, TimePoint now) override;
    bool on_data(ConnectionId id, std::string_view bytes, const Arrival& arrival) override;
    void on_ended(ConnectionId id, int error, TimePoint now) override;
    void on_submitted(ConnectionId id, TimePoint now) override;

    const LoadPlan& plan_;
    const Control& control_;
    const Share share_;
    Transport& transport_;
    const IdSource id_source_;
    Recorder recorder_;
    Connections connections_;
    std::vector<http::KnownHead> known_heads_;  ///< one per operation
    std::vector<KnownAnswer> known_answers_;    ///< one per operation
    http::JsonParser json_parser_;
    ConnectionList in_flight_;          ///< by due time, so also by deadline
    ConnectionList idle_;               ///< open model: connected, most recently used last
    std::vector<ConnectionId> closed_;  ///< open model: places without a connection
    Users users_;
    std::optional<DueTimes> arrivals_;
    const ClosedLoop* closed_loop_ = nullptr;
    std::int64_t weights_ = 0;
    std::size_t buffer_size_ = 0;
    std::vector<char> plaintext_;  ///< TLS: one record's worth, for all connections
    std::uint64_t issued_ = 0;
    std::optional<std::uint64_t> left_;  ///< requests still to send, when the load stops by count
    std::size_t busy_ = 0;
    std::size_t open_ = 0;
    std::size_t address_ = 0;  ///< to try first: the one that answered last, or, with spread, the one in turn
    std::vector<std::uint64_t> served_by_;  ///< connections, by address
    std::vector<TimePoint> shunned_until_;  ///< by address: it did not answer, others are tried before
    std::vector<bool> answers_;             ///< by address: it did when it was tried last
    std::vector<ConnectionId> races_;       ///< whose attempt each further place of the transport has
    std::vector<std::size_t> race_addresses_;
    std::size_t racing_ = 0;             ///< of these, under way
    std::vector<ConnectWait> connects_;  ///< a heap by time
    bool lacks_places_ = false;          ///< a wait in it may be for a place
    Random random_;
    Pace pace_;
    TimePoint start_;
    TimePoint now_;
    TimePoint polled_;  ///< when the transport was last asked for events
    bool stopped_ = false;
    bool blocked_ = false;     ///< open model: a request is due and no connection is free
    TimePoint blocked_until_;  ///< when that was so last
    StallWatch stalls_;
};

}  // namespace joust::load
