#pragma once

#include <vector>

#include "model/samples.hpp"

namespace joust::load {

/// Several windows of one load, in order, as one: what a longer one would have shown. `laps` is not empty.
model::Samples joined(std::vector<model::Samples> laps);

}  // namespace joust::load
