#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"

namespace joust::test {

/// How long a service takes for its requests; all times count from the scenario's time zero.
struct Scenario {
    /// Holds every request that arrives or is in service during it until it ends.
    struct Stall {
        Nanoseconds at;
        Nanoseconds length;
    };
    /// Service time goes linearly to `service` between the two times and stays there.
    struct Ramp {
        Nanoseconds from;
        Nanoseconds to;
        Nanoseconds service;
    };
    /// Every so-manieth request takes this long instead.
    struct Slow {
        std::uint64_t every;
        Nanoseconds service;
    };
    /// Requests on this connection (in order of acceptance) take this long instead.
    struct SlowConnection {
        std::uint64_t connection;
        Nanoseconds service;
    };

    std::string name;
    Nanoseconds service = std::chrono::milliseconds(10);
    std::vector<Stall> stalls = {};
    std::optional<Ramp> ramp = {};
    std::optional<std::size_t> places = {};  ///< at most so many in service, the others wait in order
    std::optional<Slow> slow = {};
    std::optional<SlowConnection> slow_connection = {};

    /// `count` stalls of `length`, the first after half a `period`.
    static std::vector<Stall> every(Nanoseconds period, int count, Nanoseconds length);
    /// The same in a fraction of the time: stalls and ramps come earlier, stalls are shorter; service times
    /// stay.
    [[nodiscard]] Scenario scaled(double factor) const;
};

/// Plays a scenario, asked for one request after another in order of arrival.
class Service {
public:
    explicit Service(Scenario scenario);
    /// When a request that arrives at `arrived` is answered, after its arrival.
    Nanoseconds delay(Nanoseconds arrived, std::uint64_t connection = ~std::uint64_t{0});

private:
    Scenario scenario_;
    std::vector<Nanoseconds> free_at_;  ///< by place; empty: unlimited
    std::uint64_t requests_ = 0;
};

/// Response times, sorted, if `rate` requests per second arrive over `length`, each exactly when it is due.
std::vector<Nanoseconds> true_response_times(const Scenario& scenario, double rate, Nanoseconds length);
/// Value of rank ceil(quantile · n), as HdrHistogram counts; of sorted values, not empty.
Nanoseconds quantile_of(const std::vector<Nanoseconds>& sorted, double quantile);

/// The rows of the published table of latency truths: 1000 requests per second for 60 s.
std::vector<Scenario> published_scenarios();

}  // namespace joust::test
