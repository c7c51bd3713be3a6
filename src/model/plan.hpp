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
    /// From 0; trials are a pair only within one attempt. A pair that was interrupted is measured anew, and
    /// its finished half stays as a trial of the attempt before.
    int attempt = 0;

    friend bool operator==(const PlannedTrial&, const PlannedTrial&) = default;
};

/// The trials of block number `block`: each level in rising order, at each level every entrant once, in an
/// order that the seed decides independently for every level and two blocks, of which the second has it
/// reversed: so over an even number of blocks each of two entrants goes first equally often. `first_index`
/// numbers the first of them.
std::vector<PlannedTrial> plan_block(const Benchmark& benchmark, int block, int first_index);
/// Those of one level: what is compared with each other.
std::vector<PlannedTrial> plan_level(const Benchmark& benchmark, int block, std::int64_t level,
                                     int first_index);

/// Of one block and level and attempt: measured one after the other and compared with each other.
inline bool same_pair(const PlannedTrial& one, const PlannedTrial& other) {
    return one.lens == other.lens && one.block == other.block && one.level == other.level &&
           one.attempt == other.attempt;
}

/// What resetting the state, starting and stopping a service cost per trial, about; for saying how long a
/// plan takes.
inline constexpr Nanoseconds k_overhead_per_trial = std::chrono::milliseconds(1000);

/// The trials of block number `block` at an equal rate, each entrant once, in an order drawn and balanced as
/// in plan_block().
std::vector<PlannedTrial> plan_equal_rate(const Benchmark& benchmark, std::int64_t rate, int block,
                                          int first_index);

/// The load model of a trial: the benchmark's, or open where the rate is equal for all.
LoadModel load_model_of(const Benchmark& benchmark, const PlannedTrial& plan);

/// The measured window of a trial: the benchmark's duration; at an equal rate half of it, where that holds
/// enough requests.
Nanoseconds window_of(const Benchmark& benchmark, const PlannedTrial& plan);

/// Whether pairs at an equal rate are planned: the benchmark asks for them, and there are two to compare.
bool has_equal_rate(const Benchmark& benchmark);

/// How long `blocks` blocks take at the least and at the most, without set-up. Counts warm-up, window, drain
/// of a healthy service, and `per_trial` for resetting the state, starting the service and reading it out.
struct PlannedTime {
    Nanoseconds least{0};
    Nanoseconds most{0};
};
PlannedTime planned_time(const Benchmark& benchmark, int blocks, Nanoseconds per_trial);

/// What a run may come to: from the blocks that it has at the least to those that it has at the most, and no
/// longer than its budget.
struct PlannedRun {
    int fewest_trials = 0;
    int most_trials = 0;
    PlannedTime time;
};
/// What of a run is done: trials of whole pairs, and the time that all took (model/measuring_time.hpp).
struct MeasuredPart {
    int trials_at_levels = 0;
    int trials_at_equal_rate = 0;
    Nanoseconds time{0};
};
/// What is left of it after `done`.
PlannedRun planned_run(const Benchmark& benchmark, Nanoseconds per_trial, const MeasuredPart& done = {});

}  // namespace joust::model
