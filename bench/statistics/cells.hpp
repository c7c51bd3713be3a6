#pragma once

#include <optional>
#include <string>
#include <vector>

#include "statistics/judge.hpp"

namespace joust::statistics {

/// A world, a way of judging it, and what that must come to; shares from 0 to 1.
struct Cell {
    std::string item;
    std::string what;
    World world;
    Judge judge = at_once;
    std::optional<double> most_different = {};
    std::optional<double> most_equivalent = {};
    std::optional<double> least_found = {};  ///< different, and on the right side
    std::optional<double> least_covered = {};
    bool ends_at_random = false;  ///< by its budget, after 4 blocks to all of them
};

/// Everything that the method promises, in the order in which it is told.
std::vector<Cell> cells();

/// Worlds in which ways of judging are set beside one another.
struct Contrast {
    std::string what;
    World world;
};
std::vector<Contrast> contrasts();

}  // namespace joust::statistics
