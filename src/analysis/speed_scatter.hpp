#pragma once

#include <string>
#include <vector>

#include "analysis/evidence.hpp"

namespace joust::analysis {

/// How far apart the contenders' CPUs ran (model::SpeedScatter), over the trials that are not invalid: of
/// each entrant, then of all together. One without repeats is left out, as is one of which some trial has no
/// speed. Of the entrants but the baseline, with how their ratios of goodput to it go with those of speed.
std::vector<model::SpeedScatter> speed_scatters(const Evidence& evidence,
                                                const std::vector<std::string>& entrants,
                                                const std::string& baseline);

}  // namespace joust::analysis
