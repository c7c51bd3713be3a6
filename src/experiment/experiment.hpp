#pragma once

#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "experiment/rig.hpp"

namespace joust::experiment {

/// Asked after each block whether to measure another one: what was measured so far, and how many blocks that
/// was. Passed in, because what to measure next is a matter of analysis.
using AnotherBlock = std::function<bool(std::span<const model::TrialResult> trials, int blocks)>;

/// What is there when a run ends, whole or not. All of it is on the disk too.
struct Outcome {
    Path run_directory;
    model::Environment environment;
    std::vector<model::TrialResult> trials;
    std::optional<Error> stopped_by;  ///< why the run ended before its plan did; empty when it is whole
};

/// Runs the benchmark: set-up, then block after block. Fails when not even the set-up succeeds (then no run
/// directory is left but its logs, where a contender wrote any).
Result<Outcome> run_experiment(const RunSpec& spec, Observer& observer, const Interrupted& interrupted,
                               const AnotherBlock& another_block);

/// What resetting the state, starting and stopping a service cost per trial, about; for saying how long a
/// plan takes.
inline constexpr Nanoseconds k_overhead_per_trial = std::chrono::seconds(3);

}  // namespace joust::experiment
