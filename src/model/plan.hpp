#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/benchmark.hpp"

namespace joust::model {

/// What a trial looks at. Persisted by name.
enum class Lens : std::uint8_t {
    capacity,    ///< what an entrant can do: the benchmark's own load model and levels
    equal_rate,  ///< what the same work costs: one open rate for all, which all can serve
};
/// "capacity", "equal_rate".
std::string_view name(Lens lens);

/// One trial to run: which entrant at which level in which block.
struct PlannedTrial {
    int index = 0;           ///< from 0, in the order of running
    int block = 0;           ///< from 0
    std::int64_t level = 0;  ///< users, or requests per second
    int position = 0;        ///< place within the block, from 0: what the coin decided
    std::string entrant;     ///< its label
    Lens lens = Lens::capacity;

    friend bool operator==(const PlannedTrial&, const PlannedTrial&) = default;
};

/// The trials of block number `block`: each level in rising order, at each level every entrant once, in an
/// order that the seed decides independently for every level and two blocks, of which the second has it
/// reversed: so over an even number of blocks each of two entrants goes first equally often. `first_index`
/// numbers the first of them.
std::vector<PlannedTrial> plan_block(const Benchmark& benchmark, int block, int first_index);

/// The trials of block number `block` at an equal rate, each entrant once, in an order drawn and balanced as
/// in plan_block().
std::vector<PlannedTrial> plan_equal_rate(const Benchmark& benchmark, std::int64_t rate, int block,
                                          int first_index);

/// The load model of a trial: the benchmark's, or open where the rate is equal for all.
LoadModel load_model_of(const Benchmark& benchmark, const PlannedTrial& plan);

/// In `blocks` blocks, and after them at an equal rate where the benchmark asks for it.
std::int64_t planned_trials(const Benchmark& benchmark, int blocks);

/// How long `blocks` blocks take at the least and at the most, without set-up. Counts warm-up, window, drain
/// of a healthy service, and `per_trial` for resetting the state, starting the service and reading it out.
struct PlannedTime {
    Nanoseconds least{0};
    Nanoseconds most{0};
};
PlannedTime planned_time(const Benchmark& benchmark, int blocks, Nanoseconds per_trial);

}  // namespace joust::model
