#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/secret_order.hpp"
#include "model/shortage.hpp"
#include "model/usage.hpp"
#include "stats/histogram.hpp"

namespace joust::model {

/// Why a request was not a success. The order is persisted by name, never by number. All but the last are
/// charged to the target; the last is of the load generator's own host, which ran out of something.
enum class RequestErrorKind { connect, timeout, reset, protocol, status_4xx, status_5xx, body, generator };
inline constexpr std::size_t k_request_error_kinds = 8;
/// "connect", "timeout", … as in the JSON keys.
std::string_view name(RequestErrorKind kind);

/// Counts by kind of error.
struct RequestErrors {
    std::array<std::uint64_t, k_request_error_kinds> count{};

    std::uint64_t& operator[](RequestErrorKind kind) { return count[static_cast<std::size_t>(kind)]; }
    std::uint64_t operator[](RequestErrorKind kind) const { return count[static_cast<std::size_t>(kind)]; }
    [[nodiscard]] std::uint64_t total() const;
    friend bool operator==(const RequestErrors&, const RequestErrors&) = default;
};

/// One failed request kept as an example; at most ten of each kind.
struct RequestErrorExample {
    RequestErrorKind kind;
    int status = 0;               ///< HTTP status; 0 when none arrived
    std::string detail;           ///< errno text or the first 200 bytes of the body
    Nanoseconds since_window{0};  ///< when it ended, relative to the start of the window (may be negative)

    friend bool operator==(const RequestErrorExample&, const RequestErrorExample&) = default;
};

/// Requests that were due in the window, by how they ended.
struct RequestCounts {
    std::uint64_t started = 0;     ///< due in the window (and sent, or given up before they could be)
    std::uint64_t succeeded = 0;   ///< answered in time, status and body right
    std::uint64_t failed = 0;      ///< every other ending but the next two
    std::uint64_t timed_out = 0;   ///< no complete answer within the timeout; counted in errors.timeout too
    std::uint64_t unfinished = 0;  ///< still unanswered after the drain; censored at their age

    friend bool operator==(const RequestCounts&, const RequestCounts&) = default;
};

/// Whole answers by their HTTP status, right and wrong ones.
using StatusCounts = std::map<int, std::uint64_t>;
std::uint64_t total(const StatusCounts& statuses);
/// Of these, the ones with a status 3xx.
StatusCounts redirects(const StatusCounts& statuses);

/// Share of the requests that failed, timed out or stayed unfinished, but for those that the generator's own
/// host had nothing left for; 0 when none was due.
double error_rate(const RequestCounts& requests, const RequestErrors& errors);

struct ConnectionCounts {
    std::uint64_t asked = 0;        ///< connections that the load wanted at once (closed model: users)
    std::uint64_t established = 0;  ///< connects that succeeded, over the whole run
    std::uint64_t peak = 0;         ///< most open at once
    std::uint64_t closed_idle = 0;  ///< closed by the server between requests, before a byte of response
    std::uint64_t resent = 0;       ///< idempotent requests sent again after that; never a POST

    friend bool operator==(const ConnectionCounts&, const ConnectionCounts&) = default;
};

/// An address of the target, as "127.0.0.1:8080", "[::1]:8080" or "unix:/run/app.sock".
struct ServedAddress {
    std::string address;
    std::uint64_t connections = 0;  ///< that it took, over the whole run

    friend bool operator==(const ServedAddress&, const ServedAddress&) = default;
};

/// One second of the run, for time series; `second` counts from the start of the window. Times are of the
/// successes, 0 without one.
struct SecondOfLoad {
    std::int64_t second = 0;
    std::uint64_t succeeded = 0;
    std::uint64_t failed = 0;
    std::int64_t response_time_p50_ns = 0;
    std::int64_t response_time_p99_ns = 0;
    std::int64_t response_time_max_ns = 0;

    friend bool operator==(const SecondOfLoad&, const SecondOfLoad&) = default;
};

/// A request whose effect on the server is not known to be there: it failed, timed out or stayed unfinished.
struct UnacknowledgedId {
    std::uint64_t sequence;
    RequestErrorKind kind;  ///< timeout for unfinished ones
    friend bool operator==(const UnacknowledgedId&, const UnacknowledgedId&) = default;
};

/// The request ids that one load thread sent over the whole run, warm-up and drain included: 0 … issued − 1.
/// All but the unacknowledged ones were answered rightly.
struct IssuedIds {
    std::string prefix;  ///< an id is the prefix and 12 hexadecimal digits of the sequence number's place
    SecretOrder order;   ///< that the places are in; it is in no file
    std::uint64_t issued = 0;
    std::vector<UnacknowledgedId> unacknowledged;  ///< in order of their ends
    bool truncated = false;          ///< there were more than k_most_unacknowledged; the rest is not listed
    std::uint64_t misdelivered = 0;  ///< answers that were right but for another id of the run
    /// Answers that had another text, one of the run or not, where their request's id has to stand.
    std::uint64_t wrong_id = 0;

    static constexpr std::size_t k_most_unacknowledged = 1'000'000;
    [[nodiscard]] std::string id(std::uint64_t sequence) const;
    struct Parts {
        std::string_view prefix;
        std::uint64_t place = 0;  ///< of the sequence number in `order`
    };
    /// The parts of what id() makes, of sequence numbers below 2⁴⁸; empty for what is no such id.
    static std::optional<Parts> parsed(std::string_view id);
    friend bool operator==(const IssuedIds&, const IssuedIds&) = default;
};

/// One kind of request of a mix.
struct OperationSamples {
    std::string name;
    std::uint64_t completed_in_window = 0;
    RequestCounts requests;
    stats::Histogram response_time;

    friend bool operator==(const OperationSamples&, const OperationSamples&) = default;
};

/// How the load threads kept to their work in the window: what the generator's self-check is made from.
struct GeneratorConduct {
    /// One half of the time over which requests were due: of the window, or of the schedule of an open model
    /// that stops by count.
    struct Half {
        std::uint64_t due = 0;             ///< requests due in it
        std::uint64_t answered = 0;        ///< answers that came in it, wrong ones included
        Nanoseconds response_time_sum{0};  ///< of the requests due in it, ages included

        friend bool operator==(const Half&, const Half&) = default;
    };

    std::vector<Nanoseconds> thread_cpu;  ///< of each load thread; empty when it means nothing (polling)
    /// Of each load thread: the time that it wanted to run, but was neither on a CPU nor waiting for one, as
    /// when a signal or the hypervisor stops it. Stretches from 10 ms on; empty where it cannot be read.
    std::vector<Nanoseconds> thread_stopped;
    Nanoseconds longest_stop{0};
    /// From when a request was due and had a connection to when it was begun; to 6 %. Empty: no request.
    std::optional<Nanoseconds> start_delay_p50;
    std::optional<Nanoseconds> start_delay_p99;
    std::uint64_t held_back = 0;        ///< open model: due while all the connections allowed were busy
    std::uint64_t never_begun = 0;      ///< of these, those that never got one
    std::optional<double> steal_share;  ///< of the host's CPU time, taken by other guests of its hypervisor
    std::vector<Half> halves;           ///< two, or none: the length was not known, or the load cut short
    /// How often a request due in the window lacked what this host had no more of, retries included.
    Shortages shortages;
    std::optional<std::uint64_t> local_ports;  ///< in the host's range, where they ran out

    friend bool operator==(const GeneratorConduct&, const GeneratorConduct&) = default;
};

/// A peer that waits for more data acknowledges after 40 ms (Linux, TCP_DELACK_MIN), a tick or two later on a
/// busy host: the rest of an answer that is held back until then comes so long after its beginning.
inline constexpr Nanoseconds k_ack_delay_least = std::chrono::milliseconds(35);
inline constexpr Nanoseconds k_ack_delay_most = std::chrono::milliseconds(60);

/// A stretch of the window in which requests of at least two users were under way, and no answer came to
/// anybody. What the load generator itself slept through is taken off its length.
struct Silence {
    Nanoseconds since_window{0};  ///< its beginning, from the start of the window
    Nanoseconds length{0};        ///< at least k_silence_least
    friend bool operator==(const Silence&, const Silence&) = default;
};
inline constexpr Nanoseconds k_silence_least = std::chrono::milliseconds(100);

/// What a load engine measured over one window [start, start + length), merged over its threads.
struct Samples {
    Nanoseconds window{0};
    std::uint64_t completed_in_window =
        0;  ///< successes whose last byte arrived inside the window: goodput's numerator
    std::uint64_t errors_in_window = 0;  ///< failures that ended inside the window
    RequestCounts requests;              ///< of the requests due in the window
    RequestErrors errors;                ///< of the requests due in the window
    StatusCounts statuses;               ///< of the requests due in the window that were answered in time
    std::uint64_t retried = 0;  ///< requests sent again after a failure, over the whole run; off by default
    std::vector<RequestErrorExample> examples;
    std::uint64_t censored = 0;  ///< how many values below are ages of unfinished or timed-out requests
    /// Successful and censored requests due in the window, ns. Response time counts from the intended send.
    stats::Histogram response_time;
    stats::Histogram service_time;  ///< from the actual send
    /// From the actual send to the first byte of the answer; of one that began no answer, its age.
    stats::Histogram time_to_first_byte;
    /// Successes due in the window whose last byte came k_ack_delay_least to k_ack_delay_most after the
    /// first.
    std::uint64_t delayed_bodies = 0;
    stats::Histogram schedule_lag;  ///< actual send minus intended send
    stats::Histogram
        reap_delay;  ///< reading minus the kernel's receive time stamp: the generator's own delay
    ConnectionCounts connections;
    std::vector<ServedAddress> addresses;  ///< all that the target's name has, in the order of trying
    std::uint64_t bytes_received = 0;      ///< in the window
    double in_flight_mean = 0;  ///< requests in flight, integrated over the window (Little's law, left side)
    Nanoseconds response_time_sum{0};  ///< of all requests due in the window, ages included (Little's law)
    std::vector<SecondOfLoad> seconds;
    /// In order, the first k_most_silences; not known in files of earlier versions.
    std::optional<std::vector<Silence>> silences;
    std::vector<OperationSamples> operations;  ///< one per operation of a mix; empty when there is only one
    std::vector<IssuedIds> ids;                ///< one per load thread
    std::uint64_t clock_steps = 0;  ///< how often the realtime clock jumped; stamps near it were not used
    std::vector<Nanoseconds> run_delays;  ///< of each load thread in the window; empty where not readable
    GeneratorConduct conduct;
    std::string backend;              ///< "io_uring" or "epoll"
    bool kernel_time_stamps = false;  ///< arrival is the kernel's receive time stamp
    int threads = 1;
    Usage generator;  ///< CPU and run delay of the load threads in the window

    static constexpr std::size_t k_most_silences = 1000;
    friend bool operator==(const Samples&, const Samples&) = default;

    /// Verified successes per second; 0 for an empty window.
    [[nodiscard]] double goodput_rps() const;
    /// Share of requests due in the window that failed, timed out or stayed unfinished; 0 when none was due.
    /// Requests that the generator's own host had nothing left for are in neither number (see
    /// model::error_rate).
    [[nodiscard]] double error_rate() const;
};

}  // namespace joust::model
