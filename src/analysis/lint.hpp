#pragma once

#include <string>
#include <vector>

#include "analysis/evidence.hpp"
#include "model/benchmark.hpp"
#include "model/comparison.hpp"
#include "model/environment.hpp"

namespace joust::analysis {

/// What a lint looks at.
struct LintCase {
    const model::Benchmark& benchmark;
    const model::Comparison& comparison;  ///< with its cells
    const std::vector<JudgedTrial>& trials;
    const model::Environment* environment = nullptr;  ///< null: nothing is known of manifests and commands
};

/// What is to be known before any verdict, in the order of the kinds. A difference is told from two entrants
/// on; the baseline that runs a second time is left out.
std::vector<model::Lint> lint(const LintCase& about);

/// The cell, or null where there is none or it is invalid.
const model::Cell* sound_cell(const LintCase& about, const std::string& entrant, std::int64_t level);

/// Labels of those that are compared: all but the baseline that runs again.
std::vector<std::string> compared_entrants(const LintCase& about);

// The thresholds from which a difference is told.
inline constexpr double k_answer_size_ratio = 1.1;     ///< of bytes per answer
inline constexpr double k_printed_least = 20;          ///< bytes per operation: less is no line for each
inline constexpr double k_printed_ratio = 2;           ///< to what another prints
inline constexpr double k_new_connections_max = 0.05;  ///< per operation, with contender or database
inline constexpr double k_supervisors = 1;             ///< processes beside those that do the work
inline constexpr double k_statements_ratio = 2;        ///< of statements per operation
inline constexpr double k_growth = 1.5;          ///< of CPU time per operation, from lowest to highest level
inline constexpr double k_growth_ratio = 1.3;    ///< to the growth of the entrant that grows least
inline constexpr double k_constant_ratio = 1.1;  ///< of the 99th percentile to the median
inline constexpr double k_constant_least_ns = 2e6;   ///< a median below says nothing
inline constexpr double k_operations_per_user = 10;  ///< in a window
/// Threads that wait for a CPU on average, beyond those that serve and find none. One thread that never gets
/// further for a serving one that always has work, and shares its CPU with it, makes 1.
inline constexpr double k_waiting_beyond_serving = 0.9;

}  // namespace joust::analysis
