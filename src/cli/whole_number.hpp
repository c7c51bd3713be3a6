#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <limits>

namespace joust::cli {

inline constexpr std::uint64_t k_unbounded = std::numeric_limits<std::uint64_t>::max();

/// Lets a flag have whole numbers from `least` to `most`, both included, and says so of any other text,
/// instead of CLI11's bounds of the type.
CLI::Validator whole(std::uint64_t least, std::uint64_t most);

}  // namespace joust::cli
