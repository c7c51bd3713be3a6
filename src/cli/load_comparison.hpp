#pragma once

#include "base/error.hpp"
#include "cli/commands.hpp"
#include "cli/load_watch.hpp"
#include "model/load_run.hpp"

namespace joust::cli {

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

/// Puts the same load on every URL of the command in turns; connections stay open while the others have
/// theirs. Interrupted, it keeps the rounds that are complete, and fails when there is none.
Result<model::LoadComparison> compare_targets(const LoadCommand& command, LoadWatch& watch);

}  // namespace joust::cli
