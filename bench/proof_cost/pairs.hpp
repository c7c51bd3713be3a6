#pragma once

#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/file.hpp"

namespace joust::bench {

/// CPU time of the parties in one slice, per operation that was due in it.
struct SliceCost {
    double contender_us = 0;
    double database_us = 0;
};

/// Two neighbouring slices, one with the observers and one without.
struct CostPair {
    SliceCost with;
    SliceCost without;
};

/// The file of pairs that several calls add to; `what` says how they were measured, the same for all of them.
/// A file that is not there has none. Fails (bad_input) where the file was measured otherwise.
Result<std::vector<CostPair>> read_pairs(const Path& file, const std::string& what);
Status write_pairs(const Path& file, const std::string& what, const std::vector<CostPair>& pairs);

/// Per party: CPU time per operation, with ÷ without as the geometric mean over the pairs with its interval
/// (Student's t over the logarithms), and whether that is at most `most`.
std::string costs_text(const std::vector<CostPair>& pairs, double most);

}  // namespace joust::bench
