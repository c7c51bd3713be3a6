#pragma once

#include <optional>
#include <span>

#include "model/benchmark.hpp"
#include "model/samples.hpp"
#include "rules/outcome.hpp"

namespace joust::rules {

/// A load as its generator's self-check sees it; what it refers to outlives it.
struct GeneratorCase {
    const model::Samples& samples;
    const model::Usage& generator;
    model::LoadModel load_model = model::LoadModel::closed;
    std::optional<Nanoseconds> schedule_length;  ///< over which requests were due, if that is not the window
    std::optional<int> max_connections;          ///< that the open model may have open
    bool target_busy = false;        ///< it had all the work that it can do; false where that is not known
    bool target_may_be_busy = true;  ///< false where it could have done more
    /// Taken from the CPUs that the target has for itself; empty: it has none, and the host's share counts.
    std::optional<double> target_steal_share;
};

using GeneratorRule = Outcome (*)(const GeneratorCase&);

/// One function for each rule on the load generator, in the order in which they are told: shortages,
/// connections, delays, run delay and CPU of each thread, standstills, throttling, steal, offered and served
/// rate, Little's law.
std::span<const GeneratorRule> generator_rules();

}  // namespace joust::rules
