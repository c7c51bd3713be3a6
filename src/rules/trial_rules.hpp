#pragma once

#include <span>

#include "model/benchmark.hpp"
#include "model/trial_result.hpp"
#include "rules/outcome.hpp"

namespace joust::rules {

using TrialRule = Outcome (*)(const model::TrialResult&, const model::ExperimentSpec&);

/// One function for each rule on what contender, host and plan did in a trial, in the order in which they are
/// told: errors, incidents, operations, limits, steady state, CPUs and a database of its own, think time,
/// waits. Those on the generator are generator_rules().
std::span<const TrialRule> trial_rules();

inline constexpr std::uint64_t k_least_operations = 100;
/// Of goodput, from one half of the window to the other; the warm-up's own tolerance.
inline constexpr double k_steady_tolerance = 0.15;
/// Share of the contender's own CPUs that others may use: above three times the noise of the kernel's tick,
/// 2.9 % in a window of three seconds.
inline constexpr double k_cpu_taken_max = 0.10;
/// Share of the samples in which a contender that rests may be at work in the shared database; one that looks
/// after its connections now and then may be met by chance.
inline constexpr double k_database_taken_max = 0.05;
inline constexpr std::uint64_t k_met_by_chance = 1;  // samples

}  // namespace joust::rules
