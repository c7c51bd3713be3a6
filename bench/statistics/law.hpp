#pragma once

#include <cstdint>

namespace joust::statistics {

/// Prints how often the bootstrap's intervals hold the law that made the trials.
void print_law(int experiments, std::uint64_t seed);

}  // namespace joust::statistics
