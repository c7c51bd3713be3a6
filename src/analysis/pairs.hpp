#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <vector>

#include "analysis/evidence.hpp"
#include "stats/pooled_mean.hpp"

namespace joust::analysis {

/// One side of a pair: what makes its figure doubtful.
struct Doubts {
    bool by_rule = false;   ///< any but the following
    bool by_steal = false;  ///< which counts only where it is uneven and cannot be adjusted for
    bool by_load = false;   ///< the figure is the load's, a lower bound: a faster service had no more to do
    /// Users' pauses kept a service idle that made them wait, too: with a faster one there had been more.
    bool by_pauses = false;

    /// Of the load, by which a service may be ahead, but not behind.
    [[nodiscard]] bool of_load() const { return by_load || by_pauses; }
    [[nodiscard]] bool of_load_alone() const { return of_load() && !by_rule && !by_steal; }
};

/// Two trials of one block, neither of them invalid.
struct Pair {
    stats::PairPoint point;
    Doubts mine;
    Doubts theirs;
};

/// The pairs of one block at one level, and how many more there would be if both sides had the figure, or no
/// trial was invalid.
struct BlockPairs {
    std::vector<Pair> pairs;
    model::LeftOut left_out;
    model::VoidPairs void_pairs = {};
};

/// The pairs of each level, and how many there would be if both sides had the figure.
struct Pairs {
    std::vector<std::vector<Pair>> levels;
    model::LeftOut left_out;
    model::VoidPairs void_pairs = {};

    /// To those of the last level, which is there.
    void add_to_last(const BlockPairs& block);
    /// Of those that `wanted` is true of.
    template <typename Wanted>
    [[nodiscard]] stats::PairLevels points(const Wanted& wanted) const {
        stats::PairLevels all;
        for (const std::vector<Pair>& level : levels) {
            all.emplace_back();
            for (const Pair& pair : level)
                if (wanted(pair)) all.back().push_back(pair.point);
        }
        return all;
    }
    [[nodiscard]] stats::PairLevels points() const {
        return points([](const Pair&) { return true; });
    }
    template <typename Wanted>
    [[nodiscard]] int count(const Wanted& wanted) const {
        int found = 0;
        for (const std::vector<Pair>& level : levels)
            for (const Pair& pair : level)
                found += wanted(pair) ? 1 : 0;
        return found;
    }
};

void add(model::LeftOut& sum, const model::LeftOut& more);
void add(model::VoidPairs& sum, const model::VoidPairs& more);

/// The blocks in which both ran at that level, valid or not, in rising order.
std::vector<int> finished_blocks(const Evidence& evidence, const Sides& sides, std::int64_t level);

/// The pairs at one level in one block.
BlockPairs pairs_of_block(const Evidence& evidence, model::Quantity quantity, const Sides& sides,
                          std::int64_t level, int block);

/// Whether one of the two is invalid at that level.
bool one_invalid_at(const Evidence& evidence, const Sides& sides, std::int64_t level);
/// Whether one of the two is barred there (model::Cell).
bool one_barred_at(const Evidence& evidence, const Sides& sides, std::int64_t level);

/// The pairs at every level where neither is barred, over all blocks.
Pairs all_pairs(const Evidence& evidence, model::Quantity quantity, const Sides& sides);

}  // namespace joust::analysis
