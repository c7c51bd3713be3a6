#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"

namespace joust::experiment {

/// What is known of the load at one moment of the warm-up; the counts only grow.
struct WarmUpReading {
    Nanoseconds since_start{0};
    std::uint64_t completed = 0;        ///< successes
    Nanoseconds response_time_sum{0};   ///< of the successes
    std::uint64_t users_completed = 0;  ///< users with at least one success
};

/// Decides when the warm-up is over: goodput and response time have settled, and every user had its turn.
///
/// Readings are gathered into bins of at least 50 completions and 250 ms. Steady: the last three bins and the
/// three before them differ by at most 15 % in goodput and in mean response time. (Two Poisson counts of 150
/// differ by more than 15 % in a fifth of the cases, so a level of few requests takes some bins more, never
/// fewer.)
class SteadyState {
public:
    /// `users`: how many must have completed a request; 0 in the open model.
    explicit SteadyState(std::uint64_t users) : users_(users) {}

    /// Readings come in order of time.
    void add(const WarmUpReading& reading);
    [[nodiscard]] bool steady() const { return why_not().empty(); }
    /// Goodput has settled, and every user had its turn; the response time may still move.
    [[nodiscard]] bool goodput_steady() const;
    /// What still moves, in words: "goodput moved by 31 % between the last two stretches"; empty when steady.
    [[nodiscard]] std::string why_not() const;
    /// Twice the mean response time so far: the warm-up lasts at least that long. Zero without a completion.
    [[nodiscard]] Nanoseconds twice_mean_response_time() const;

private:
    struct Bin {
        double goodput_rps;
        double mean_response_time_s;
    };
    /// Why nothing can be told yet; empty where it can.
    [[nodiscard]] std::string too_little() const;
    /// How far the last stretch differs from the one before, 0..2; only where there is enough to tell.
    [[nodiscard]] double moved(double Bin::* quantity) const;

    std::uint64_t users_;
    WarmUpReading bin_start_;
    WarmUpReading last_;
    std::vector<Bin> bins_;
};

}  // namespace joust::experiment
