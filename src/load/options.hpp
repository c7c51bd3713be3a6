#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/clock.hpp"
#include "load/pacing/schedule.hpp"
#include "load/request.hpp"
#include "load/target.hpp"

namespace joust::load {

/// Load goes on until the end of the window that the caller sets, or until stop_now().
struct StopManually {
    friend bool operator==(const StopManually&, const StopManually&) = default;
};
/// The window is [start + warm_up, start + warm_up + length), set by the engine itself.
struct StopAfter {
    Nanoseconds length;
    Nanoseconds warm_up{0};
    friend bool operator==(const StopAfter&, const StopAfter&) = default;
};
/// Exactly `requests` are sent, all of them measured; the window ends with the last answer.
struct StopAfterCount {
    std::uint64_t requests;
    friend bool operator==(const StopAfterCount&, const StopAfterCount&) = default;
};
using StopRule = std::variant<StopManually, StopAfter, StopAfterCount>;

enum class Io { automatic, uring, epoll };
/// The way of input and output that "auto", "uring" or "epoll" names; empty for anything else.
std::optional<Io> parse_io(std::string_view text);

/// One kind of request in the mix.
struct Operation {
    std::string name;
    Request request;
    Expect expect;
    std::int64_t weight = 1;  ///< share in the mix, > 0
    friend bool operator==(const Operation&, const Operation&) = default;
};

struct TlsOptions {
    bool verify = true;       ///< certificate chain and host name
    std::string ca_file;      ///< PEM; empty: the system's
    std::string server_name;  ///< for SNI and verification; empty: the target's host
    friend bool operator==(const TlsOptions&, const TlsOptions&) = default;
};

struct Options {
    Target target;
    std::vector<Operation> operations{Operation{}};
    Feed feed;
    Schedule schedule = ClosedLoop{};
    StopRule stop = StopManually{};
    /// Requests that a connection carries before it is closed; empty: no bound (keep-alive), 1: new
    /// connection each.
    std::optional<std::uint64_t> requests_per_connection;
    bool spread = false;  ///< connections take turns at all the addresses of the target's name
    Nanoseconds timeout = std::chrono::seconds(30);  ///< from the due time to the last byte
    /// How often a failed request (connect, reset, protocol, 5xx) is sent again at once; its response time
    /// goes on counting. A POST or PATCH is repeated only while it has not been sent.
    int retries = 0;
    int threads = 1;
    std::vector<int> cpus;  ///< thread k is pinned to cpus[k % size]; empty: not pinned
    Io io = Io::automatic;
    bool spin = false;  ///< open model: poll instead of sleeping shortly before a due time
    std::uint64_t seed = 1;
    TlsOptions tls;
};

/// Over how long requests are due, when the open model stops by count; empty for every other load. (Poisson
/// arrivals: their mean.)
std::optional<Nanoseconds> schedule_length(const Options& options);

/// Checks what Engine::start would refuse, without starting anything; all but the requests' own bytes.
Status check(const Options& options);

}  // namespace joust::load
