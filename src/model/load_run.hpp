#pragma once

#include <optional>
#include <string>

#include "model/benchmark.hpp"
#include "model/comparison.hpp"
#include "model/samples.hpp"

namespace joust::model {

/// One run of `joust load` on one target, with what the self-check made of it.
struct LoadRun {
    std::string url;
    LoadModel load_model = LoadModel::closed;
    int connections = 0;  ///< users (closed model); at most so many at once (open model)
    std::optional<double>
        offered_rps;  ///< mean rate of the schedule over the window; empty in the closed model
    Nanoseconds timeout{0};
    WallTime started{};
    Samples samples;
    Judgement self_check;  ///< of the generator, not of the target: errors do not count here
};

}  // namespace joust::model
