#pragma once

#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/random.hpp"

namespace joust::load {

/// The closed model: `users`, of whom each has one request at a time.
struct ClosedLoop {
    int users = 1;
    Nanoseconds think_time{0};
    bool exponential_think = false;      ///< think times are exponential with that mean
    std::optional<Nanoseconds> stagger;  ///< users start spread over this; default 1 ms a user, at most 1 s
    friend bool operator==(const ClosedLoop&, const ClosedLoop&) = default;
};

enum class Arrivals { constant, poisson };

/// A stretch of the open model's rate: linear from one rate to the other.
struct RateSegment {
    Nanoseconds length;
    double from_rps;
    double to_rps;
    friend bool operator==(const RateSegment&, const RateSegment&) = default;
};

/// The open model: request i is due at start + F⁻¹(i), F being the integral of the rate.
struct OpenLoop {
    std::vector<RateSegment> segments;  ///< after the last one its final rate goes on
    Arrivals arrivals = Arrivals::constant;
    int max_connections = k_connections;
    friend bool operator==(const OpenLoop&, const OpenLoop&) = default;

    static constexpr int k_connections = 10'000;  ///< where nothing else is said
    static OpenLoop constant_rate(double rps);
    static OpenLoop ramp(double from_rps, double to_rps, Nanoseconds length);
    /// A load whose rates are held for `length` each.
    static OpenLoop steps(const std::vector<double>& rates_rps, Nanoseconds length);
};

using Schedule = std::variant<ClosedLoop, OpenLoop>;
/// The most connections that the schedule may have open at once.
std::size_t most_connections(const Schedule& schedule);

/// The integral of the rate over time and its inverse, in closed form.
class RateCurve {
public:
    /// Fails on negative rates and lengths, and on a rate that is zero for ever.
    static Result<RateCurve> create(const std::vector<RateSegment>& segments);
    /// Number of requests due before `time` (from the start).
    [[nodiscard]] double requests_until(Nanoseconds time) const;
    /// Number of requests due in all; empty when the last rate goes on for ever.
    [[nodiscard]] std::optional<double> requests() const;
    /// When request `index` (0-based; may be fractional) is due, from the start, at most a hundred years;
    /// empty when the rate has ended before.
    [[nodiscard]] std::optional<Nanoseconds> due(double index) const;

private:
    struct Piece {
        double begin_s, length_s;  ///< the last piece has infinite length
        double from_rps, slope;    ///< rate at its begin, change of the rate per second
        double requests_before;    ///< F at its begin
    };
    std::vector<Piece> pieces_;
};

/// The due times of one thread of several, in order.
class DueTimes {
public:
    /// Constant arrivals are every `threads`-th request from `thread` on. Poisson arrivals are a process of
    /// their own at a part of the rate; together the threads' are Poisson at the whole rate.
    DueTimes(RateCurve curve, Arrivals arrivals, int thread, int threads, std::uint64_t seed);
    /// Due time of the current request, from the start; empty when there is none any more.
    [[nodiscard]] std::optional<Nanoseconds> current() const { return current_; }
    void advance();

private:
    RateCurve curve_;
    Arrivals arrivals_;
    double position_;
    double stride_;
    std::uint64_t count_ = 0;
    double first_;
    Random random_;
    std::optional<Nanoseconds> current_;
};

}  // namespace joust::load
