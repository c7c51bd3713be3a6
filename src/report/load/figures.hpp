#pragma once

#include <optional>

#include "base/clock.hpp"
#include "model/samples.hpp"

// Figures of a load that several of its renderings show.
namespace joust::report {

/// All endings per second; 0 for an empty window.
inline double throughput_rps(const model::Samples& samples) {
    const auto ended = static_cast<double>(samples.completed_in_window + samples.errors_in_window);
    return samples.window > Nanoseconds{0} ? ended / seconds(samples.window) : 0.0;
}

/// CPU time of the generator per request that ended in the window; empty when none did.
inline std::optional<double> cpu_us_per_request(const model::Samples& samples) {
    const std::uint64_t ended = samples.completed_in_window + samples.errors_in_window;
    if (ended == 0) return std::nullopt;
    return seconds(samples.generator.cpu.total()) * 1e6 / static_cast<double>(ended);
}

}  // namespace joust::report
