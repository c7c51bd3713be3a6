#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analysis/evidence.hpp"
#include "model/benchmark.hpp"

namespace joust::analysis {

/// The label of the entrant that is the baseline's contender once more, as it is; the first, if
/// there are several. Empty without one.
std::optional<std::string> baseline_again(const model::Benchmark& benchmark);

/// What the ratio of the baseline to itself tells of the host, for each compared quantity that has an
/// interval.
std::vector<model::HostFloor> host_floors(const Evidence& evidence, const Sides& sides);

}  // namespace joust::analysis
