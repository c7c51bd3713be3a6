#pragma once

#include <optional>

#include "model/benchmark.hpp"
#include "model/comparison.hpp"
#include "model/samples.hpp"

namespace joust::analysis {

/// Whether the load generator can be trusted in this run, whatever the target did: connections, delays,
/// run delay and CPU of each thread, standstills, throttling, steal, offered and served rate, Little's law
/// (docs/results.md lists the codes of the reasons and the bounds). Rules that had no data are named.
/// `schedule_length`: over how long requests were due, if that is not the window. `max_connections`: that the
/// open model may have open.
model::Judgement self_check(const model::Samples& samples, model::LoadModel load_model,
                            std::optional<Nanoseconds> schedule_length = std::nullopt,
                            std::optional<int> max_connections = std::nullopt);

}  // namespace joust::analysis
