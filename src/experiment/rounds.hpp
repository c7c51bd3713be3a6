#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "load/engine.hpp"
#include "load/options.hpp"
#include "model/load_run.hpp"

namespace joust::experiment {

/// How the measured time of each target is cut into slices.
struct Slices {
    int rounds = 10;
    Nanoseconds length{0};   ///< of a slice's measured window
    Nanoseconds warm_up{0};  ///< before each one
};
/// `rounds` slices of `duration` in all; fewer, but at least five, where a slice would be shorter than 100
/// ms. A fifth of a slice more is its warm-up, at least 20 ms and at most 1 s.
Slices slices_of(Nanoseconds duration, int rounds);

/// The targets' turns: in every round each once, in an order drawn from the seed.
std::vector<std::vector<std::size_t>> turns(int rounds, std::size_t targets, std::uint64_t seed);

/// A comparison of targets by the same load in turns.
struct RoundsPlan {
    std::vector<load::Options> targets;  ///< each with StopAfter a slice
    Slices slices;
    int uncounted = 0;  ///< rounds of warm-up before those that count
    std::uint64_t seed = 1;
};

/// Waits for the turns of a comparison, and may end it.
class RoundsWatch {
public:
    virtual ~RoundsWatch() = default;
    /// Makes the engine of a target in its first turn.
    virtual Result<load::Engine> start(const load::Options& target) = 0;
    /// Returns when the lap of the target has ended; `round` counts from 0, below 0 in the warm-up.
    virtual void wait(load::Engine& engine, std::size_t target, int round) = 0;
    /// Sees every slice of a round that is complete.
    virtual void measured(const model::LoadSlice& slice) = 0;
    /// Whether to end: the round that is under way is dropped.
    [[nodiscard]] virtual bool over() const = 0;
};

/// Puts the same load on every target in turns; connections stay open while the others have theirs. Keeps the
/// slices of complete rounds, in their order of time; they are none where it was ended in the first round.
Result<std::vector<model::LoadSlice>> run_rounds(const RoundsPlan& plan, RoundsWatch& watch);

}  // namespace joust::experiment
