#pragma once

#include <cstdint>
#include <random>
#include <string_view>
#include <utility>
#include <vector>

namespace joust {

/// Seeded generator whose sequence is fixed by the C++ standard, so a seed repeats an experiment on any host.
using Random = std::mt19937_64;

/// A generator for one named purpose: different purposes of one seed are independent of each other.
Random random_for(std::uint64_t seed, std::string_view purpose);

/// Uniform in [0, bound), bound > 0, without bias. (std::uniform_int_distribution differs between libraries.)
std::uint64_t uniform_below(Random& random, std::uint64_t bound);
/// Uniform in (0, 1).
double uniform_open(Random& random);

/// Fisher-Yates. (std::shuffle's sequence differs between libraries.)
template <typename T>
void shuffle(std::vector<T>& items, Random& random) {
    for (std::size_t i = items.size(); i > 1; --i)
        std::swap(items[i - 1], items[uniform_below(random, i)]);
}

}  // namespace joust
