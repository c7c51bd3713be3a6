#pragma once

#include <cstdint>
#include <vector>

#include "base/random.hpp"
#include "load/options.hpp"

namespace joust::load {

/// The operations of a load by their weights, from which requests are drawn.
class OperationMix {
public:
    /// There is at least one operation, and all weights are above zero.
    explicit OperationMix(const std::vector<Operation>& operations) {
        for (const Operation& operation : operations)
            ends_.push_back(sum_ += operation.weight);
    }
    /// The index of the next request's operation; draws nothing when there is only one.
    std::uint32_t pick(Random& random) const {
        if (ends_.size() == 1) return 0;
        const auto drawn = static_cast<std::int64_t>(uniform_below(random, static_cast<std::uint64_t>(sum_)));
        std::uint32_t operation = 0;
        while (drawn >= ends_[operation])
            ++operation;
        return operation;
    }

private:
    std::int64_t sum_ = 0;
    std::vector<std::int64_t> ends_;  ///< of each operation's stretch of [0, sum_)
};

}  // namespace joust::load
